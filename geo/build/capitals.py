"""Where each regency's capital stands. No package gives the town's own point, so the point of its central village
(kelurahan) is taken; which village that is was chosen by name, one by one, and is written here to be checked."""

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


def capital_points(villages: list[Village]) -> dict[str, tuple[str, tuple[float, float]]]:
    """Regency code -> the capital's name and its lon, lat."""
    points = {village.code: (round(village.lon, 6), round(village.lat, 6)) for village in villages}
    return {regency: (name, points[village]) for regency, (name, village) in CAPITALS.items()}
