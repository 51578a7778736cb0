"""Engines of the invented stock: output, CO2 (WLTP) and consumption as such engines have them."""

from typing import NamedTuple


class Engine(NamedTuple):
    """One engine with the gearboxes it comes with: ``m6`` manual, ``a8`` automatic, six gears."""

    label: str
    fuel: str
    kw: int
    co2: int  # g/km, WLTP
    consumption: float  # l/100 km, for electric cars 0
    gearboxes: tuple[str, ...] = ("m6",)
    drive: str = ""  # where it is not the model's own
    since: int = 0  # the first year it was sold


ENGINES: dict[str, Engine] = {
    # Volkswagen group
    "mpi60": Engine("1.0 MPI 60pk", "petrol", 44, 112, 4.9, ("m5",)),
    "tsi95": Engine("1.0 TSI 95pk", "petrol", 70, 116, 5.1, ("m5", "a7")),
    "tsi110": Engine("1.0 TSI 110pk", "petrol", 81, 121, 5.3, ("m6", "a7")),
    "tsi150": Engine("1.5 TSI 150pk", "petrol", 110, 131, 5.8, ("m6", "a7"), since=2017),
    "tsi190": Engine("2.0 TSI 190pk", "petrol", 140, 162, 7.1, ("a7",), "AWD"),
    "tsi300": Engine("2.0 TSI 300pk", "petrol", 221, 182, 8.0, ("a7",), "AWD"),
    "tdi102": Engine("2.0 TDI 102pk", "diesel", 75, 138, 5.3),
    "tdi115": Engine("2.0 TDI 115pk", "diesel", 85, 114, 4.4, ("m6", "a7")),
    "tdi150": Engine("2.0 TDI 150pk", "diesel", 110, 124, 4.7, ("m6", "a7")),
    "tdi200": Engine("2.0 TDI 200pk", "diesel", 147, 146, 5.6, ("a7",), "AWD"),
    "tgi90": Engine("1.0 TGI 90pk", "cng", 66, 98, 5.4, ("m6",), since=2017),
    "etsi204": Engine("1.4 eHybrid 204pk", "hybrid", 150, 28, 1.2, ("a6",), since=2020),
    "id204": Engine("Pro 58 kWh", "electric", 150, 0, 0, ("a1",), "RWD"),
    "id286": Engine("Pro 77 kWh", "electric", 210, 0, 0, ("a1",), "RWD"),
    # BMW and Mini
    "b116": Engine("116i 109pk", "petrol", 80, 132, 5.8, ("m6", "a7")),
    "b118d": Engine("118d 150pk", "diesel", 110, 119, 4.5, ("m6", "a8")),
    "b218": Engine("218i 136pk", "petrol", 100, 139, 6.1, ("m6", "a7")),
    "b318d": Engine("318d 150pk", "diesel", 110, 121, 4.6, ("a8",)),
    "b320d": Engine("320d 190pk", "diesel", 140, 125, 4.8, ("a8",)),
    "b320": Engine("320i 184pk", "petrol", 135, 148, 6.5, ("a8",)),
    "b330e": Engine("330e 292pk", "hybrid", 215, 32, 1.4, ("a8",), since=2016),
    "b430": Engine("430i 245pk", "petrol", 180, 156, 6.9, ("a8",)),
    "b520d": Engine("520d 190pk", "diesel", 140, 132, 5.1, ("a8",)),
    "bx30d": Engine("xDrive30d 286pk", "diesel", 210, 178, 6.8, ("a8",), "AWD"),
    "bx40": Engine("eDrive40 80 kWh", "electric", 250, 0, 0, ("a1",), "RWD"),
    "mini136": Engine("1.5 Cooper 136pk", "petrol", 100, 134, 5.9, ("m6", "a7")),
    # Mercedes-Benz
    "m180": Engine("1.3 A 180 136pk", "petrol", 100, 133, 5.8, ("m6", "a7")),
    "m180d": Engine("1.5 d 116pk", "diesel", 85, 121, 4.6, ("a7",)),
    "m200d": Engine("2.0 d 150pk", "diesel", 110, 127, 4.9, ("a8",)),
    "m220d": Engine("2.0 d 194pk", "diesel", 143, 134, 5.1, ("a9",)),
    "m300e": Engine("2.0 e 313pk", "hybrid", 230, 24, 1.0, ("a9",), since=2018),
    "m250": Engine("EQA 250 66 kWh", "electric", 140, 0, 0, ("a1",)),
    # Stellantis
    "pt75": Engine("1.2 PureTech 75pk", "petrol", 55, 119, 5.3, ("m5",)),
    "pt100": Engine("1.2 PureTech 100pk", "petrol", 74, 122, 5.4, ("m6", "a8")),
    "pt130": Engine("1.2 PureTech 130pk", "petrol", 96, 129, 5.7, ("m6", "a8")),
    "hdi100": Engine("1.5 BlueHDi 100pk", "diesel", 75, 115, 4.4),
    "hdi130": Engine("1.5 BlueHDi 130pk", "diesel", 96, 122, 4.6, ("m6", "a8")),
    "hdi145": Engine("2.0 BlueHDi 145pk", "diesel", 106, 172, 6.6, ("m6", "a8")),
    "phev225": Engine("1.6 Hybrid 225pk", "hybrid", 165, 30, 1.3, ("a8",), since=2020),
    "e136": Engine("50 kWh 136pk", "electric", 100, 0, 0, ("a1",), since=2020),
    "fire70": Engine("1.0 Hybrid 70pk", "hybrid", 51, 108, 4.8, since=2020),
    "fire69": Engine("1.2 69pk", "petrol", 51, 118, 5.2, ("m5",)),
    "fe118": Engine("42 kWh 118pk", "electric", 87, 0, 0, ("a1",), since=2020),
    "mj160": Engine("2.2 JTDm 160pk", "diesel", 118, 140, 5.3, ("a8",)),
    "alfa280": Engine("2.0 Turbo 280pk", "petrol", 206, 168, 7.4, ("a8",), "AWD"),
    "t4e190": Engine("1.3 4xe 190pk", "hybrid", 140, 46, 2.0, ("a6",), "4x4", since=2020),
    "vti72": Engine("1.0 VTi 72pk", "petrol", 53, 110, 4.8, ("m5",)),
    "ff100": Engine("1.0 FireFly 100pk", "petrol", 74, 125, 5.5, ("m5",)),
    "mjet130": Engine("1.6 MultiJet 130pk", "diesel", 96, 119, 4.5),
    "gse120": Engine("1.0 Turbo 120pk", "petrol", 88, 137, 6.0),
    "o75": Engine("1.2 75pk", "petrol", 55, 119, 5.3, ("m5",), since=2019),
    "o100": Engine("1.2 Turbo 100pk", "petrol", 74, 122, 5.4, ("m6", "a8"), since=2019),
    "o130": Engine("1.2 Turbo 130pk", "petrol", 96, 129, 5.7, ("m6", "a8"), since=2019),
    "od130": Engine("1.5 Turbo D 130pk", "diesel", 96, 122, 4.6, ("m6", "a8"), since=2019),
    # Renault, Dacia, Nissan
    "sce65": Engine("1.0 SCe 65pk", "petrol", 49, 118, 5.2, ("m5",)),
    "tce90": Engine("1.0 TCe 90pk", "petrol", 67, 118, 5.2, ("m6", "a6"), since=2019),
    "eco100": Engine("1.0 ECO-G 100pk", "lpg", 74, 109, 7.1, since=2020),
    "tce140": Engine("1.3 TCe 140pk", "petrol", 103, 130, 5.7, ("m6", "a7"), since=2018),
    "dci115": Engine("1.5 Blue dCi 115pk", "diesel", 85, 116, 4.4, ("m6", "a7"), since=2018),
    "dci150": Engine("2.0 Blue dCi 150pk", "diesel", 110, 178, 6.8, ("m6", "a6")),
    "etech145": Engine("1.6 E-Tech 145pk", "hybrid", 105, 98, 4.3, ("a6",), since=2020),
    "z135": Engine("R135 52 kWh", "electric", 100, 0, 0, ("a1",)),
    "meg220": Engine("EV60 220pk", "electric", 160, 0, 0, ("a1",)),
    "digt158": Engine("1.3 DIG-T 158pk", "petrol", 116, 141, 6.2, ("m6", "a7"), since=2019),
    "digt92": Engine("1.0 DIG-T 92pk", "petrol", 68, 119, 5.3, ("m5", "a1")),
    "leaf150": Engine("40 kWh 150pk", "electric", 110, 0, 0, ("a1",)),
    # Ford, Volvo
    "eb100": Engine("1.0 EcoBoost 100pk", "petrol", 74, 121, 5.3, ("m6", "a7")),
    "eb125": Engine("1.0 EcoBoost 125pk", "petrol", 92, 125, 5.5, ("m6", "a7")),
    "ecoblue": Engine("1.5 EcoBlue 120pk", "diesel", 88, 117, 4.5, ("m6", "a8")),
    "tdci130": Engine("2.0 EcoBlue 130pk", "diesel", 96, 183, 7.0),
    "kuga225": Engine("2.5 PHEV 225pk", "hybrid", 165, 29, 1.3, ("a1",), since=2020),
    "mus450": Engine("5.0 V8 450pk", "petrol", 331, 268, 11.8, ("m6", "a10")),
    "b3": Engine("B3 163pk", "petrol", 120, 146, 6.4, ("a7",)),
    "d4": Engine("D4 190pk", "diesel", 140, 136, 5.2, ("a8",)),
    "t8": Engine("T8 Recharge 455pk", "hybrid", 335, 20, 0.9, ("a8",), "AWD", since=2016),
    "xc231": Engine("Recharge 69 kWh", "electric", 170, 0, 0, ("a1",), since=2021),
    # Asia
    "h116": Engine("1.5 Hybrid 116pk", "hybrid", 85, 92, 4.1, ("a1",), since=2020),
    "h122": Engine("1.8 Hybrid 122pk", "hybrid", 90, 102, 4.5, ("a1",)),
    "h218": Engine("2.5 Hybrid 218pk", "hybrid", 160, 128, 5.6, ("a1",), since=2019),
    "vvt72": Engine("1.0 VVT-i 72pk", "petrol", 53, 110, 4.8, ("m5",)),
    "mirai": Engine("FCEV 182pk", "Waterstof", 134, 0, 0, ("a1",), "RWD"),
    "gdi67": Engine("1.0 MPi 67pk", "petrol", 49, 114, 5.0, ("m5",)),
    "tgdi120": Engine("1.0 T-GDi 120pk", "petrol", 88, 124, 5.5, ("m6", "a7")),
    "tgdi160": Engine("1.6 T-GDi 160pk", "petrol", 118, 144, 6.3, ("m6", "a7")),
    "crdi136": Engine("1.6 CRDi 136pk", "diesel", 100, 127, 4.9, ("m6", "a7")),
    "hev230": Engine("1.6 T-GDi HEV 230pk", "hybrid", 169, 131, 5.8, ("a6",), since=2021),
    "kona204": Engine("64 kWh 204pk", "electric", 150, 0, 0, ("a1",), since=2018),
    "ioniq228": Engine("77 kWh 228pk", "electric", 168, 0, 0, ("a1",), "RWD"),
    "skyg122": Engine("2.0 Skyactiv-G 122pk", "petrol", 90, 127, 5.6, ("m6", "a6")),
    "skyg132": Engine("1.5 Skyactiv-G 132pk", "petrol", 97, 142, 6.3, ("m6",), "RWD"),
    "skyg165": Engine("2.0 Skyactiv-G 165pk", "petrol", 121, 152, 6.7, ("m6", "a6")),
    "skyg90": Engine("1.5 Skyactiv-G 90pk", "petrol", 66, 113, 5.0, ("m6", "a6")),
    "bj129": Engine("1.4 Boosterjet 129pk", "petrol", 95, 128, 5.6),
    "dj83": Engine("1.2 Dualjet 83pk", "petrol", 61, 106, 4.7, ("m5",)),
    "vtec131": Engine("1.5 e:HEV 131pk", "hybrid", 96, 105, 4.6, ("a1",), since=2020),
    # Others
    "tesla283": Engine("Standard Range 60 kWh", "electric", 208, 0, 0, ("a1",), "RWD"),
    "tesla440": Engine("Long Range 75 kWh", "electric", 324, 0, 0, ("a1",), "AWD"),
    "lr204": Engine("2.0 D 204pk", "diesel", 150, 172, 6.6, ("a9",), "4WD"),
    "p300": Engine("2.0 300pk", "petrol", 221, 205, 9.0, ("a7",), "RWD"),
    "p385": Engine("3.0 385pk", "petrol", 283, 232, 10.3, ("m6", "a8"), "RWD"),
}
