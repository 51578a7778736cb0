"""Words of the trade: colours, equipment and sentences as Belgian dealers write them."""

COLORS: dict[str, int] = {  # and how many of a hundred cars have it
    "Grijs": 13,
    "Zwart": 15,
    "Wit": 13,
    "Zilver": 7,
    "Blauw": 9,
    "Donkerblauw metallic": 6,
    "Antraciet": 7,
    "Donkergrijs metallic": 6,
    "Rood": 6,
    "Parelwit": 4,
    "Lichtblauw": 2,
    "Groen": 3,
    "Donkergroen": 2,
    "Beige": 2,
    "Bruin": 2,
    "Oranje": 2,
    "Geel": 1,
    "Bordeaux": 1,
    "Brons": 1,
    "Goud": 1,
    "Paars": 1,
}

PAINTS = ("Metallic", "Metallic", "Metallic", "Parelmoer", "Uni", "Uni", "Mat")
INTERIOR_COLORS = ("Zwart", "Zwart", "Zwart", "Grijs", "Donkergrijs", "Beige", "Bruin", "Rood")
MATERIALS = ("Stof", "Stof", "Stof", "Leder/Stof", "Leder", "Alcantara", "Kunstleder")

FEATURES: dict[str, tuple[str, ...]] = {
    "comfort": (
        "Airconditioning", "Automatische airconditioning", "Cruise control",
        "Adaptieve cruise control", "Verwarmde voorzetels", "Verwarmd stuurwiel",
        "Elektrisch verstelbare zetels", "Keyless entry", "Elektrische achterklep",
        "Parkeersensoren achteraan", "Parkeersensoren vooraan", "Regensensor", "Lichtsensor",
        "Elektrische ramen vooraan", "Elektrische ramen achteraan", "Start/stop-systeem",
    ),
    "safety": (
        "ABS", "ESP", "Airbag bestuurder", "Airbag passagier", "Zijairbags", "Isofix",
        "Dodehoeksensor", "Rijstrookassistent", "Noodremassistent", "Vermoeidheidsdetectie",
        "Bandenspanningscontrole", "Alarm", "Verkeersbordherkenning",
    ),
    "technology": (
        "Navigatiesysteem", "Apple CarPlay", "Android Auto", "Bluetooth", "DAB-radio",
        "Achteruitrijcamera", "360°-camera", "Head-up display", "Digitale cockpit",
        "USB-aansluiting", "Draadloos laden", "Spraakbediening",
    ),
    "exterior": (
        "Lichtmetalen velgen", "Ledkoplampen", "Matrix-ledkoplampen", "Mistlampen",
        "Getinte ruiten", "Panoramisch dak", "Dakrails", "Trekhaak", "Elektrische buitenspiegels",
        "Metaalkleur",
    ),
    "interior": (
        "Lederen stuurwiel", "Middenarmsteun", "Multifunctioneel stuurwiel", "Sportzetels",
        "Sfeerverlichting", "Neerklapbare achterbank", "Lendensteun", "Lederen bekleding",
    ),
    "other": ("Niet-rokersvoertuig", "Reservewiel", "Winterbanden inbegrepen", "Laadkabel"),
}  # fmt: skip

OPENINGS = (
    "{name} uit {month}/{year} met {km} km.",
    "Zeer mooie {name}, eerste inschrijving {month}/{year}, {km} km op de teller.",
    "Uit eigen onderhoud: {name}, bouwjaar {year}, {km} km.",
    "Te koop bij {dealer} in {city}: {name} ({year}).",
    "Propere {name} in {color}, rijklaar aangeboden.",
)
OPENINGS_FR = (
    "{name} de {month}/{year}, {km} km au compteur.",
    "Très belle {name}, première immatriculation {month}/{year}, {km} km.",
    "À vendre chez {dealer} à {city} : {name} ({year}).",
)

SELLING_POINTS = (
    "Volledig onderhoudsboekje bij de merkdealer.",
    "Wagen in perfecte staat, binnen en buiten.",
    "Roetvrij binnen, niet gerookt.",
    "Grote beurt net uitgevoerd, remmen vooraan vernieuwd.",
    "Twee sleutels en alle facturen aanwezig.",
    "Nieuwe banden vooraan, minder dan 2.000 km gereden.",
    "Ideale gezinswagen met ruime koffer.",
    "Zuinig in verbruik en lage verkeersbelasting.",
    "Altijd binnen gestaan, geen krassen of deuken.",
    "Geschikt voor de lage-emissiezone van Antwerpen, Gent en Brussel.",
    "Wagen is leverbaar binnen de week.",
)
SELLING_POINTS_FR = (
    "Carnet d'entretien complet auprès du concessionnaire.",
    "Véhicule non-fumeur, en parfait état.",
    "Grand entretien effectué, deux clés disponibles.",
    "Pneus neufs à l'avant.",
    "Livrable dans la semaine.",
)

CLOSINGS = (
    "Prijs inclusief keuring, Car-Pass en technisch nazicht op 110 punten.",
    "Overname van uw huidige wagen mogelijk. Financiering op maat via onze partner.",
    "Bezoek en proefrit op afspraak. Zaterdag open van 9 tot 16 uur.",
    "Alle info onder voorbehoud van vergissingen in de omschrijving.",
    "Klaar voor aflevering met keuring en Car-Pass. Welkom in onze toonzaal!",
)
CLOSINGS_FR = (
    "Prix contrôle technique et Car-Pass compris. Reprise possible.",
    "Essai sur rendez-vous. Sous réserve d'erreurs dans la description.",
)

HTML_DESCRIPTION = (
    "<p><strong>{name}</strong> in topstaat!</p>\n<ul>\n<li>{km} km, {year}</li>\n"
    "<li>Garantie &amp; Car-Pass</li>\n<li>Kleur: {color}</li>\n</ul>\n"
    '<p>Meer info? <a href="https://{host}/">Bezoek onze site</a> of bel ons.<br>Tot snel!</p>'
)
