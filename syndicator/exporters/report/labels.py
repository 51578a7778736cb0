"""What a seller calls the fields of a listing, where he fills them in. Pure."""

from collections.abc import Mapping

from syndicator.contract import Words


def labels(words: Words) -> Mapping[str, str]:
    """Field of :class:`~syndicator.models.Listing` to its name, in one language."""
    text = words.text
    return {
        "id": text("Listing number"),
        "dealer_id": text("Dealer"),
        "status": text("Status"),
        "title": text("Title"),
        "created": text("Date of placing"),
        "updated": text("Date of the last change"),
        "sold": text("Date of sale"),
        "slug": text("Address of the advert"),
        "url": text("Address of the advert"),
        "reference": text("Reference"),
        "provider": text("Supplier of the data"),
        "description": text("Description"),
        "price": text("Price"),
        "vat_regime": text("VAT regime"),
        "make": text("Make"),
        "model": text("Model"),
        "variant": text("Version"),
        "year": text("Year of build"),
        "first_registration": text("First registration"),
        "mileage_km": text("Mileage"),
        "fuel": text("Fuel"),
        "transmission": text("Gearbox"),
        "body": text("Body"),
        "drive": text("Drive"),
        "engine": text("Engine"),
        "gears": text("Gears"),
        "power_kw": text("Power"),
        "doors": text("Doors"),
        "seats": text("Seats"),
        "weight_kg": text("Kerb weight"),
        "color": text("Colour"),
        "interior_color": text("Interior colour"),
        "interior_material": text("Upholstery"),
        "paint": text("Paint"),
        "previous_owners": text("Previous owners"),
        "service_history": text("Service book"),
        "warranty": text("Warranty"),
        "warranty_months": text("Months of warranty"),
        "co2_g_per_km": text("CO₂ emissions"),
        "co2_cycle": text("Test procedure"),
        "emission_class": text("Euro standard"),
        "consumption_l_per_100km": text("Consumption"),
        "conditions": text("Condition"),
        "vin": text("Chassis number (VIN)"),
        "car_pass": text("Car-Pass"),
        "place": text("Location"),
        "photos": text("Photos"),
        "features": text("Equipment"),
        "originals": text("The seller's own words"),
    }
