"""Other spellings of area names: what BPS, Polsek names and newspapers write beside the register's form,
which is the one that is shown."""

# Sources: the BPS bridging table and the Polsek names of Polda Lampung. A name that another district carries today
# is marked with its year, so that a search shows it after the district that carries it now.
ALIASES: dict[str, tuple[str, ...]] = {
    "1801": ("Lamsel",),
    "1802": ("Lamteng",),
    "1803": ("Lampura", "Lamut"),
    "1804": ("Lambar",),
    "1805": ("Tuba",),
    "1807": ("Lamtim",),
    "1812": ("Tubaba",),
    "1813": ("Pesbar",),
    "1871": ("Balam", "BDL"),
    "180116": ("Rajabasa",),
    "180202": ("Bangunrejo",),
    "180217": ("Way Pangubuan",),
    "180223": ("Kotagajah",),
    "180317": ("Ulu Sungkai",),
    "180404": ("Liwa",),
    "180405": ("Sumberjaya",),
    "180423": ("Suoh Bandar Negeri", "BNS"),
    "180513": ("Penawartama",),
    "180602": ("Talangpadang",),
    "180613": ("Sumber Rejo",),
    "180617": ("Klumbayan",),
    "180625": ("Bandar Negeri",),
    "180628": ("Klumbayan Barat",),
    "180715": ("Bandar Sribawono",),
    "180722": ("Braja Slebah",),
    "180901": ("Gedung Tataan",),
    "181002": ("Gadingrejo",),
    "181301": ("Krui",),
    "181310": ("Bengkunat (nama BPS 2020)",),
    "181311": ("Bengkunat", "Bengkunat Belimbing"),
    "187103": ("Tanjung Karang Barat", "TKB"),
    "187105": ("Tanjung Karang Timur", "TKT"),
    "187106": ("Tanjung Karang Pusat", "TKP"),
    "187107": ("Teluk Betung Selatan", "TBS"),
    "187108": ("Teluk Betung Barat", "TBB"),
    "187109": ("Teluk Betung Utara", "TBU"),
    "187110": ("Raja Basa",),
    "187119": ("Teluk Betung Timur", "TBT"),
}


def aliases(code: str) -> tuple[str, ...]:
    return ALIASES.get(code, ())
