import pytest
from pydantic import TypeAdapter, ValidationError

from syndicator.links import Links
from syndicator.models import Photo
from syndicator.templating import ImageTemplate, LinkTemplate, WebAddress, moved, told
from syndicator.testing import DEALER_ID, sample_listing

LINKS = Links(site_url="https://v.example", languages=("nl", "fr"), dealers={DEALER_ID: "leuven"})


def landing(template: str, reference: str | None = "VB/1 &?", language: str | None = None) -> str:
    links = Links(
        site_url=LINKS.site_url,
        languages=LINKS.languages,
        dealers=LINKS.dealers,
        landing_template=TypeAdapter(LinkTemplate).validate_python(template),
    )
    return links.landing(sample_listing(reference=reference), language) or "none"


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("", "https://v.example/leuven/skoda-octavia-ug2wcikt/"),
        ("https://d.example/auto/{reference}", "https://d.example/auto/VB%2F1%20%26%3F"),
        ("https://d.example/{dealer}/{slug}", "https://d.example/leuven/skoda-octavia-ug2wcikt"),
        (
            "https://d.example/{language}?car={id}#x",
            f"https://d.example/nl?car={sample_listing().id}#x",
        ),
    ],
)
def test_an_entry_leads_where_the_template_says(template: str, address: str) -> None:
    assert landing(template) == address


def test_a_page_on_the_operators_site_has_the_language_of_the_feed() -> None:
    assert landing("https://d.example/{language}/{dealer}?{id}", language="fr").startswith(
        "https://d.example/fr/leuven?"
    )
    assert landing("", language="fr") == "https://v.example/leuven/fr/skoda-octavia-ug2wcikt/"


def test_a_template_that_asks_for_what_is_not_known_leads_nowhere() -> None:
    assert landing("https://d.example/{reference}", reference=None) == "none"
    assert landing("https://d.example/{id}", reference=None).startswith("https://d.example/")


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)//{id}",
        "https://{reference}/",
        "https://d.example",
        "https://d.example/{vin}",
        "https://d.example/{id.__class__}",
        "https://d.example/{id!r}",
        "https://d.example/{id:>9}",
        "https://d.example/{",
        "https://d.example/}",
        "https://d.example/{}",
        "https://d.example/a b",
        "https://d.example/auto",
        "https://d.example/{language}/{host}",
        "https://d.example/{{x}}",
        "https://[d.example/",
        "https://d.example:99999/",
        "https://me:secret@d.example/",
        "https://d.example/\u0000",
        "https://d.example/\u202e",
        'https://d.example/"x',
    ],
)
def test_what_is_no_template_is_refused(template: str) -> None:
    for kind in (LinkTemplate, ImageTemplate):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(template)


@pytest.mark.parametrize(
    ("template", "address"),
    [
        (
            "https://i.example/jpg?url={url}",
            "https://i.example/jpg?url=https%3A%2F%2Fcdn.example%2Fa%2Fb%2520c.webp%3Fv%3D1",
        ),
        ("https://i.example/{host}/{path}", "https://i.example/cdn.example/a/b%20c.webp?v=1"),
        ("https://i.example/{stem}.jpg", "https://i.example/a/b%20c.jpg?v=1"),
        ("https://i.example/{stem}.jpg?w=800", "https://i.example/a/b%20c.jpg?w=800&v=1"),
    ],
)
def test_a_photo_moves_to_the_operators_image_server(template: str, address: str) -> None:
    photo = Photo(url="https://cdn.example/a/b%20c.webp?v=1", media_type="image/webp", width_px=9)
    assert moved(photo, template, "") == Photo(url=address)
    assert moved(photo, template, "image/jpeg").media_type == "image/jpeg"
    assert moved(photo, "", "image/jpeg") is photo


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/../../admin/x.jpg", "admin/x.jpg"),
        ("/a/%2e%2e/b.jpg", "a/b.jpg"),
        ("/a/..%2f..%2fb.jpg", "a"),
        ("/a/..%5cb.jpg", "a"),
        ("//a///b.jpg", "a/b.jpg"),
    ],
)
def test_a_photos_path_cannot_climb_out_of_its_place(path: str, kept: str) -> None:
    photo = Photo(url=f"https://e.example{path}")
    assert moved(photo, "https://i.example/w/{path}", "").url == f"https://i.example/w/{kept}"


@pytest.mark.parametrize("reference", [".", ".."])
def test_a_reference_that_a_browser_would_climb_by_is_not_known(reference: str) -> None:
    assert landing("https://d.example/car/{reference}/x", reference=reference) == "none"


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("https://i.example/a.JPG", "image/jpeg"),
        ("https://i.example/a.webp?x=1", "image/webp"),
        ("https://i.example/a", None),
        ("https://i.example/a.exe", None),
        ("https://i.example.png/", None),
    ],
)
def test_an_address_tells_the_kind_of_a_picture(address: str, media_type: str | None) -> None:
    assert told(Photo(url=address)).media_type == media_type
    assert told(Photo(url=address, media_type="image/gif")).media_type == "image/gif"


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("", True),
        ("https://d.example", True),
        ("https://d.example/privacy?x=1", True),
        ("ftp://d.example/", False),
        ("d.example", False),
        ("https://d.example/{id}", False),
    ],
)
def test_an_address_without_names_is_checked_too(address: str, *, fine: bool) -> None:
    if fine:
        assert TypeAdapter(WebAddress).validate_python(address) == address
    else:
        with pytest.raises(ValidationError):
            TypeAdapter(WebAddress).validate_python(address)
