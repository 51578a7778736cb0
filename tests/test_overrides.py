from pathlib import Path

import pytest

from syndicator.config import DEFAULT_FEEDS, Config, wanted
from syndicator.errors import UsageError
from syndicator.overrides import override

UUID = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0002"
PARENT = "2b1e6c1a-0d35-4a52-9a51-3f0f5a1c0001"

CONFIG = Config.model_validate(
    {
        "targets": [
            {"location": "DEX-GENT", "slug": "gent", "theme": {"accent": "#0a5bd3"}},
            {"dealer": UUID, "slug": "leuven"},
        ],
        "feeds": {"google": {"enabled": False}, "daily": {"exporter": "acme", "enabled": False}},
    }
)


def names(config: Config) -> list[str]:
    return [target.name for target in wanted(config)]


def test_without_options_nothing_changes() -> None:
    assert override(CONFIG) == CONFIG


def test_options_replace_the_configured_targets() -> None:
    config = override(CONFIG, locations=["DEX-AALST"], parents=[PARENT])
    assert names(config) == ["location DEX-AALST", f"parent {PARENT}"]


def test_a_configured_target_keeps_its_slug_and_look_however_it_is_spelt() -> None:
    (target,) = wanted(override(CONFIG, locations=["dex-gent"]))
    assert (target.name, target.slug, target.theme.accent) == (
        "location DEX-GENT",
        "gent",
        "#0a5bd3",
    )
    (target,) = wanted(override(CONFIG, dealers=[UUID.upper()]))
    assert target.slug == "leuven"


def test_all_comes_on_top_of_what_is_configured() -> None:
    assert names(override(CONFIG, all_=True)) == ["location DEX-GENT", f"dealer {UUID}", "all"]


def test_a_target_given_twice_counts_once() -> None:
    assert names(override(CONFIG, locations=["A", "a"])) == ["location A"]


def test_addresses_and_the_output_are_replaced() -> None:
    config = override(
        CONFIG,
        output=Path("elsewhere"),
        site_url="https://Voorbeeld.be/",
        api_url="http://127.0.0.1:8001/v1",
    )
    assert config.output == Path("elsewhere")
    assert config.site.url == "https://voorbeeld.be"
    assert config.api_url == "http://127.0.0.1:8001/v1"
    assert config.site.languages == CONFIG.site.languages


def test_a_named_exporter_is_switched_on_and_the_others_stay() -> None:
    feeds = override(CONFIG, exporters=["google", "acme", "trovit"]).feeds
    assert [name for name, feed in feeds.items() if feed.enabled] == [
        *DEFAULT_FEEDS,
        "google",
        "daily",
        "trovit",
    ]


def test_all_wrong_options_are_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        override(CONFIG, site_url="voorbeeld", locations=[" "], dealers=["DEX"], api_url="http://x")
    assert caught.value.message.splitlines() == [
        "--site-url: is no address: relative URL without a base",
        "--api-url: must be https: the key would travel in the clear (write https://)",
        "--location: is empty",
        "--dealer: 'DEX' is no UUID (a code such as DEX-GENT is a location)",
    ]
