"""Where each regency's capital stands. No package gives the town's own point, so the point of its central village
(kelurahan) is taken; which village that is was chosen by name, one by one, and is written here to be checked."""

import shapely

from geo.build.regencies import Regency
from geo.build.sources import Village

# regency -> (name that officers use, code of the village whose point stands for the town)
CAPITALS: dict[str, tuple[str, str]] = {
    "1801": ("Kalianda", "1801061007"),  # Kalianda
    "1802": ("Gunung Sugih", "1802041005"),  # Gunung Sugih
    "1803": ("Kotabumi", "1803021005"),  # Kotabumi Pasar
    "1804": ("Liwa", "1804041001"),  # Pasar Liwa
    "1805": ("Menggala", "1805021011"),  # Menggala Kota
    "1806": ("Kota Agung", "1806011003"),  # Kuripan
    "1807": ("Sukadana", "1807012008"),  # Pasar Sukadana
    "1808": ("Blambangan Umpu", "1808011005"),  # Blambangan Umpu
    "1809": ("Gedong Tataan", "1809012006"),  # Gedung Tataan
    "1810": ("Pringsewu", "1810011003"),  # Pringsewu Selatan
    "1811": ("Mesuji", "1811012010"),  # Wiralaga Mulya; kamusdata.com names the capital after it
    "1812": ("Tulang Bawang Tengah", "1812011007"),  # Panaragan Jaya, where the offices are
    "1813": ("Krui", "1813011008"),  # Pasar Kota Krui
    "1871": ("Bandar Lampung", "1871171001"),  # Enggal, the city's middle
    "1872": ("Metro", "1872011003"),  # Imopuro, the city's middle
}


# A thinned border may run past a town on the wrong side; its point is then put just inside, by no more than this.
NUDGE_DEG = 0.02
INSIDE_DEG = 0.002


def capital_point(regency: Regency, villages: list[Village]) -> tuple[str, tuple[float, float]]:
    """The capital's name and its lon, lat within its own regency."""
    name, code = CAPITALS[regency.code]
    village = next(village for village in villages if village.code == code)
    point = shapely.Point(village.lon, village.lat)
    if not regency.geometry.contains(point):
        away_deg = regency.geometry.distance(point)
        if away_deg > NUDGE_DEG:
            raise ValueError(f"{name} ({code}) lies {away_deg:.3f} degrees outside regency {regency.code}")
        point = shapely.shortest_line(regency.geometry.buffer(-INSIDE_DEG), point).interpolate(0)
        print(f"{name}: moved {away_deg:.4f} degrees to lie inside its regency")
    return name, (round(point.x, 6), round(point.y, 6))
