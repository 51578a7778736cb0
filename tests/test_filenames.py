import pytest

from syndicator.contract import Place
from syndicator.filenames import meet, wrong_with


@pytest.mark.parametrize(
    ("filename", "media_type", "what"),
    [
        ("atom.xml", "application/atom+xml", ""),
        ("deep/er/atom.xml", "application/atom+xml", ""),
        ("feed.json", "application/feed+json", ""),
        ("prices.csv", "text/csv", ""),
        ("", "application/xml", "is empty"),
        ("con.xml", "application/xml", "cannot be a file on Windows"),
        ("a/LPT1.xml", "application/xml", "cannot be a file on Windows"),
        ("vehicles.", "application/xml", "is no relative path"),
        ("../x.xml", "application/xml", "is no relative path"),
        ("/x.xml", "application/xml", "is no relative path"),
        ("vehicles.json", "application/xml", "must end in .xml"),
        ("feed.xml", "application/feed+json", "must end in .json"),
        ("report.json", "application/feed+json", "is what another file is called"),
        ("index.html", "text/html", "is what another file is called"),
    ],
)
def test_a_document_cannot_be_called_anything(filename: str, media_type: str, what: str) -> None:
    found = wrong_with(filename, "usual.xml", Place.FEEDS, media_type)
    assert what in found
    assert bool(found) is bool(what)


def test_an_exporter_without_a_main_document_needs_no_name() -> None:
    assert wrong_with("", "", Place.ROOT, "") == ""
    assert wrong_with("index.html", "index.html", Place.ROOT, "text/html") == ""


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        ("feeds/atom.xml", "feeds/rss.xml", False),
        ("feeds/atom.xml", "feeds/Atom.XML", True),
        ("feeds/atom.xml", "feeds/atom.xml/x.xml", True),
        ("feeds/atom.xml", "feeds/atom/2.xml", True),
        ("feeds/atom.xml", "feeds/atom-fr.xml", False),
        ("feeds/a/atom.xml", "feeds/a/rss.xml", False),
        ("", "feeds/atom.xml", False),
        ("", "", False),
    ],
)
def test_two_feeds_may_not_be_in_each_others_way(one: str, other: str, *, do: bool) -> None:
    assert meet(one, other) is do
    assert meet(other, one) is do
