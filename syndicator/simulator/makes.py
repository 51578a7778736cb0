"""Makes and models of the invented stock: what such cars are, weigh and cost in Belgium."""

from typing import NamedTuple


class Model(NamedTuple):
    """One model line, with the years it was registered in and its price when new."""

    make: str
    name: str
    body: str
    years: tuple[int, int]
    new_price: int  # EUR, with the smallest engine
    weight: int  # kg
    engines: tuple[str, ...]
    doors: int = 5
    seats: int = 5
    drive: str = "FWD"


def _line(make: str, *models: tuple[str, str, int, int, int, int, str]) -> tuple[Model, ...]:
    return tuple(
        Model(make, name, body, (first, last), price, weight, tuple(engines.split()))
        for name, body, first, last, price, weight, engines in models
    )


_MAINSTREAM = (
    _line(
        "Volkswagen",
        ("up!", "hatchback", 2012, 2023, 14900, 950, "mpi60"),
        ("Polo", "hatchback", 2014, 2026, 21500, 1150, "tsi95 tsi110 tgi90"),
        ("Golf", "hatchback", 2013, 2026, 28900, 1330, "tsi110 tsi150 tdi115 tdi150 etsi204"),
        ("Golf Variant", "wagon", 2014, 2026, 30900, 1410, "tsi110 tsi150 tdi115 tdi150"),
        ("Passat Variant", "wagon", 2014, 2026, 39900, 1540, "tsi150 tdi150 tdi200"),
        ("T-Roc", "suv", 2018, 2026, 30500, 1380, "tsi110 tsi150 tdi150"),
        ("Tiguan", "suv", 2016, 2026, 36900, 1550, "tsi150 tsi190 tdi150 tdi200"),
        ("ID.3", "hatchback", 2020, 2026, 39900, 1780, "id204 id286"),
        ("ID.4", "suv", 2021, 2026, 46900, 2090, "id204 id286"),
        ("Caddy Cargo", "van", 2016, 2026, 26500, 1450, "tdi102"),
    ),
    _line(
        "Audi",
        ("A1 Sportback", "hatchback", 2015, 2026, 25900, 1180, "tsi95 tsi110 tsi150"),
        ("A3 Sportback", "hatchback", 2014, 2026, 32900, 1350, "tsi110 tsi150 tdi115 tdi150"),
        ("A4 Avant", "wagon", 2016, 2025, 43900, 1580, "tsi150 tdi150 tdi200"),
        ("Q3", "suv", 2015, 2026, 41500, 1550, "tsi150 tdi150 tsi190"),
        ("Q5", "suv", 2017, 2026, 56900, 1800, "tdi200 tsi190"),
    ),
    _line(
        "Skoda",
        ("Fabia", "hatchback", 2015, 2026, 18900, 1130, "mpi60 tsi95 tsi110"),
        ("Octavia", "sedan", 2014, 2026, 28500, 1340, "tsi110 tsi150 tdi115"),
        ("Octavia Combi", "wagon", 2014, 2026, 29700, 1380, "tsi110 tsi150 tdi115 tdi150 tgi90"),
        ("Kamiq", "suv", 2019, 2026, 25200, 1240, "tsi95 tsi110 tsi150"),
        ("Enyaq iV", "suv", 2021, 2026, 48900, 2100, "id204 id286"),
    ),
    _line(
        "Seat",
        ("Ibiza", "hatchback", 2015, 2026, 19500, 1120, "tsi95 tsi110 tgi90"),
        ("Leon", "hatchback", 2014, 2026, 26900, 1300, "tsi110 tsi150 tdi115 etsi204"),
        ("Arona", "suv", 2018, 2026, 23500, 1190, "tsi95 tsi110"),
    ),
    _line(
        "Peugeot",
        ("108", "hatchback", 2014, 2021, 13900, 860, "vti72"),
        ("208", "hatchback", 2014, 2026, 20500, 1090, "pt75 pt100 hdi100 e136"),
        ("308 SW", "wagon", 2015, 2026, 28900, 1350, "pt130 hdi130 phev225"),
        ("508", "sedan", 2019, 2025, 41900, 1450, "pt130 hdi130 phev225"),
        ("2008", "suv", 2015, 2026, 26500, 1210, "pt100 pt130 hdi130 e136"),
        ("3008", "suv", 2016, 2026, 33900, 1400, "pt130 hdi130 phev225"),
        ("Partner", "van", 2016, 2026, 22900, 1420, "hdi100 hdi130"),
    ),
    _line(
        "Citroën",
        ("C3", "hatchback", 2014, 2026, 17900, 1050, "pt75 pt100 hdi100"),
        ("C4", "hatchback", 2015, 2026, 25900, 1280, "pt100 pt130 hdi130 e136"),
        ("C5 Aircross", "suv", 2019, 2026, 33900, 1430, "pt130 hdi130 phev225"),
        ("Berlingo Van", "van", 2016, 2026, 22500, 1400, "hdi100 hdi130"),
        ("Jumpy", "van", 2016, 2026, 31900, 1750, "hdi130 hdi145"),
    ),
    _line(
        "Renault",
        ("Twingo", "hatchback", 2014, 2024, 14500, 930, "sce65"),
        ("Clio", "hatchback", 2014, 2026, 19500, 1120, "sce65 tce90 dci115 etech145"),
        ("Mégane Grandtour", "wagon", 2014, 2024, 27500, 1380, "tce140 dci115"),
        ("Mégane E-Tech", "hatchback", 2022, 2026, 41500, 1650, "meg220"),
        ("Captur", "suv", 2014, 2026, 23900, 1220, "tce90 tce140 etech145"),
        ("Kadjar", "suv", 2015, 2022, 28500, 1400, "tce140 dci115"),
        ("Zoe", "hatchback", 2016, 2024, 33500, 1500, "z135"),
        ("Trafic", "van", 2015, 2026, 32500, 1850, "dci150"),
    ),
    _line(
        "Dacia",
        ("Sandero", "hatchback", 2014, 2026, 13500, 1050, "sce65 tce90 eco100"),
        ("Duster", "suv", 2014, 2026, 19900, 1280, "tce90 eco100 dci115"),
        ("Logan MCV", "wagon", 2014, 2021, 12900, 1090, "sce65 tce90 eco100"),
    ),
    _line(
        "Opel",
        ("Corsa", "hatchback", 2014, 2026, 19500, 1090, "o75 o100 o130 e136"),
        ("Astra", "hatchback", 2014, 2026, 26500, 1290, "o130 od130 phev225"),
        ("Astra Sports Tourer", "wagon", 2014, 2026, 27900, 1350, "o130 od130"),
        ("Mokka", "suv", 2014, 2026, 25900, 1230, "o100 o130 e136"),
        ("Grandland", "suv", 2018, 2026, 33500, 1400, "o130 od130 phev225"),
        ("Vivaro", "van", 2015, 2026, 31500, 1760, "od130 hdi145"),
    ),
    _line(
        "Ford",
        ("Fiesta", "hatchback", 2013, 2023, 18900, 1110, "eb100 eb125"),
        ("Focus", "hatchback", 2014, 2025, 25500, 1300, "eb125 ecoblue"),
        ("Focus Clipper", "wagon", 2014, 2025, 26900, 1360, "eb125 ecoblue"),
        ("Puma", "suv", 2020, 2026, 27500, 1260, "eb125"),
        ("Kuga", "suv", 2014, 2026, 34900, 1560, "ecoblue kuga225"),
        ("Transit Custom", "van", 2014, 2026, 34500, 1930, "tdci130"),
    ),
    _line(
        "Fiat",
        ("500", "hatchback", 2012, 2024, 16500, 980, "fire69 fire70 fe118"),
        ("Panda", "hatchback", 2013, 2025, 14900, 1010, "fire69 fire70"),
        ("Tipo Stationwagon", "wagon", 2016, 2024, 20900, 1290, "ff100 mjet130"),
    ),
    _line(
        "Nissan",
        ("Micra", "hatchback", 2014, 2023, 17500, 1070, "digt92"),
        ("Juke", "suv", 2014, 2026, 24500, 1240, "digt92"),
        ("Qashqai", "suv", 2014, 2026, 31500, 1400, "digt158 dci115"),
        ("Leaf", "hatchback", 2018, 2024, 35900, 1580, "leaf150"),
    ),
    _line(
        "Toyota",
        ("Aygo", "hatchback", 2014, 2022, 13900, 860, "vvt72"),
        ("Yaris", "hatchback", 2014, 2026, 21500, 1080, "vvt72 h116"),
        ("Corolla Touring Sports", "wagon", 2019, 2026, 31900, 1410, "h122"),
        ("C-HR", "suv", 2017, 2026, 32500, 1420, "h122"),
        ("RAV4", "suv", 2016, 2026, 42500, 1690, "h218"),
        ("Mirai", "sedan", 2021, 2025, 66900, 1950, "mirai"),
    ),
    _line(
        "Hyundai",
        ("i10", "hatchback", 2014, 2026, 15500, 940, "gdi67"),
        ("i20", "hatchback", 2015, 2026, 19900, 1060, "gdi67 tgdi120"),
        ("i30 Wagon", "wagon", 2017, 2025, 26500, 1370, "tgdi120 tgdi160 crdi136"),
        ("Tucson", "suv", 2015, 2026, 34500, 1520, "tgdi160 crdi136 hev230"),
        ("Kona Electric", "suv", 2018, 2026, 42500, 1690, "kona204"),
        ("Ioniq 5", "suv", 2021, 2026, 49900, 1950, "ioniq228"),
    ),
    _line(
        "Kia",
        ("Picanto", "hatchback", 2014, 2026, 14900, 940, "gdi67"),
        ("Ceed SW", "wagon", 2018, 2025, 26900, 1380, "tgdi120 tgdi160 crdi136"),
        ("Sportage", "suv", 2015, 2026, 33900, 1520, "tgdi160 crdi136 hev230"),
        ("e-Niro", "suv", 2019, 2026, 43500, 1760, "kona204"),
    ),
    _line(
        "Mazda",
        ("Mazda2", "hatchback", 2015, 2026, 19500, 1040, "skyg90"),
        ("Mazda3", "hatchback", 2014, 2026, 27500, 1310, "skyg122"),
        ("CX-5", "suv", 2014, 2025, 36500, 1500, "skyg165"),
    ),
    _line(
        "Suzuki",
        ("Swift", "hatchback", 2014, 2026, 17900, 910, "dj83"),
        ("Vitara", "suv", 2015, 2026, 25500, 1190, "bj129"),
    ),
    _line(
        "Honda",
        ("Jazz", "hatchback", 2015, 2026, 24500, 1230, "vtec131"),
        ("HR-V", "suv", 2016, 2026, 31500, 1380, "vtec131"),
    ),
)

_PREMIUM = (
    _line(
        "BMW",
        ("1 Reeks", "hatchback", 2014, 2026, 32500, 1390, "b116 b118d"),
        ("3 Reeks", "sedan", 2014, 2026, 46900, 1540, "b318d b320d b320 b330e"),
        ("3 Reeks Touring", "wagon", 2014, 2026, 48900, 1610, "b318d b320d b320 b330e"),
        ("5 Reeks", "sedan", 2014, 2025, 59900, 1690, "b520d"),
        ("X1", "suv", 2015, 2026, 42500, 1560, "b218 b118d"),
        ("X5", "suv", 2015, 2026, 86900, 2180, "bx30d"),
        ("i4", "sedan", 2021, 2026, 61900, 2050, "bx40"),
    ),
    _line(
        "Mercedes-Benz",
        ("A-Klasse", "hatchback", 2014, 2026, 34900, 1370, "m180 m180d"),
        ("C-Klasse", "sedan", 2014, 2026, 47900, 1580, "m200d m220d m300e"),
        ("C-Klasse Break", "wagon", 2014, 2026, 49900, 1640, "m200d m220d m300e"),
        ("GLA", "suv", 2015, 2026, 42900, 1490, "m180 m180d m200d"),
        ("GLC", "suv", 2016, 2026, 58900, 1830, "m220d m300e"),
        ("EQA", "suv", 2021, 2026, 52900, 2040, "m250"),
        ("Vito", "van", 2015, 2026, 38900, 1980, "m200d"),
    ),
    _line(
        "Volvo",
        ("V60", "wagon", 2014, 2025, 44900, 1640, "b3 d4 t8"),
        ("S60", "sedan", 2019, 2024, 43900, 1620, "b3 t8"),
        ("XC40", "suv", 2018, 2026, 41900, 1620, "b3 xc231"),
        ("XC60", "suv", 2015, 2026, 55900, 1850, "b3 d4 t8"),
    ),
    _line(
        "Alfa Romeo",
        ("Giulia", "sedan", 2016, 2025, 47900, 1450, "mj160 alfa280"),
        ("Stelvio", "suv", 2017, 2025, 52900, 1660, "mj160 alfa280"),
    ),
    _line("Jeep", ("Renegade", "suv", 2015, 2025, 29900, 1390, "gse120 t4e190")),
    _line("Land Rover", ("Discovery Sport", "suv", 2015, 2025, 54900, 1920, "lr204")),
    _line(
        "Tesla",
        ("Model 3", "sedan", 2019, 2026, 44900, 1760, "tesla283 tesla440"),
        ("Model Y", "suv", 2021, 2026, 47900, 1930, "tesla283 tesla440"),
    ),
)

_OPEN_OR_LOW = (
    Model("Audi", "A5 Coupé", "coupe", (2015, 2024), 49900, 1520, ("tsi190", "tdi200"), 2, 4),
    Model("Audi", "TT", "coupe", (2014, 2023), 46900, 1340, ("tsi190", "tsi300"), 3, 4),
    Model("BMW", "2 Reeks Cabrio", "convertible", (2014, 2021), 41900, 1520, ("b218",), 2, 4),
    Model("BMW", "4 Reeks Coupé", "coupe", (2014, 2026), 54900, 1560, ("b430",), 2, 4, "RWD"),
    Model("Fiat", "500C", "convertible", (2012, 2024), 19900, 1010, ("fire69", "fire70"), 3, 4),
    Model("Ford", "Mustang", "coupe", (2015, 2024), 53900, 1740, ("mus450",), 2, 4, "RWD"),
    Model("Mazda", "MX-5", "convertible", (2015, 2026), 32900, 1030, ("skyg132",), 2, 2, "RWD"),
    Model("Mini", "Hatch", "hatchback", (2014, 2026), 26900, 1210, ("mini136",), 3, 4),
    Model("Mini", "Cabrio", "convertible", (2014, 2025), 31900, 1300, ("mini136",), 2, 4),
    Model("Mini", "Countryman", "suv", (2016, 2026), 35900, 1460, ("mini136",)),
    Model("Porsche", "718 Cayman", "coupe", (2016, 2025), 64900, 1410, ("p300",), 2, 2, "RWD"),
    Model("Porsche", "911 Carrera", "coupe", (2016, 2025), 129900, 1580, ("p385",), 2, 4, "RWD"),
    Model("Volkswagen", "T-Roc Cabrio", "convertible", (2020, 2025), 38900, 1540, ("tsi150",), 3),
)

MODELS: tuple[Model, ...] = tuple(
    model for line in (*_MAINSTREAM, *_PREMIUM, _OPEN_OR_LOW) for model in line
)

DEAR = frozenset(line[0].make for line in _PREMIUM) | {"Audi", "Porsche"}

TRIMS: dict[str, tuple[str, ...]] = {
    "Volkswagen": ("Trendline", "Comfortline", "Highline", "Life", "Style", "R-Line"),
    "Audi": ("Attraction", "Ambition", "S line", "Business Edition"),
    "BMW": ("Sport Line", "Luxury Line", "M Sport", "Business"),
    "Mercedes-Benz": ("Avantgarde", "AMG Line", "Progressive", "Business Solution"),
    "Skoda": ("Active", "Ambition", "Style", "Sportline"),
    "Seat": ("Reference", "Style", "Xcellence", "FR"),
    "Peugeot": ("Active", "Allure", "GT Line", "GT"),
    "Citroën": ("Live", "Feel", "Shine", "Business"),
    "Renault": ("Life", "Zen", "Intens", "R.S. Line", "Techno"),
    "Dacia": ("Ambiance", "Lauréate", "Essential", "Comfort", "Prestige"),
    "Opel": ("Edition", "Elegance", "Innovation", "GS Line"),
    "Ford": ("Trend", "Titanium", "ST-Line", "Vignale"),
    "Fiat": ("Pop", "Lounge", "Sport", "Dolcevita"),
    "Nissan": ("Visia", "Acenta", "N-Connecta", "Tekna"),
    "Toyota": ("Comfort", "Dynamic", "Premium", "GR Sport"),
    "Hyundai": ("Twist", "Feel", "Techno", "N Line"),
    "Kia": ("Must", "Pulse", "Business", "GT Line"),
    "Volvo": ("Momentum", "Inscription", "R-Design", "Plus", "Ultimate"),
    "Tesla": ("",),
    "van": ("", "Comfort", "Business", "L1H1"),
    "": ("Comfort", "Premium", "Sport", "Business", "Edition"),
}

WMI: dict[str, str] = {  # first three characters of a VIN (ISO 3780)
    "Volkswagen": "WVW", "Audi": "WAU", "Skoda": "TMB", "Seat": "VSS", "Peugeot": "VF3",
    "Citroën": "VF7", "Renault": "VF1", "Dacia": "UU1", "Opel": "W0L", "Ford": "WF0",
    "Fiat": "ZFA", "Nissan": "SJN", "Toyota": "VNK", "Hyundai": "TMA", "Kia": "U5Y",
    "Mazda": "JMZ", "Suzuki": "TSM", "Honda": "SHH", "BMW": "WBA", "Mercedes-Benz": "WDD",
    "Volvo": "YV1", "Alfa Romeo": "ZAR", "Jeep": "1C4", "Land Rover": "SAL", "Tesla": "5YJ",
    "Mini": "WMW", "Porsche": "WP0",
}  # fmt: skip
