"""What the headers forbid, and what frames believe of each other's messages."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import DESK, Visitor
from browser.test_embed import INSIDE, Guest, fits, guest, host, say
from playwright.sync_api import Browser, Page

from syndicator.exporters.hosting import content_policy

__all__ = ["guest", "host"]  # fixtures

EVALUATE = """
import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
const judge = (policy) => new CspEvaluator(new CspParser(policy).csp).evaluate()
  .map(({ severity, directive, value, description }) => [severity, directive, value, description]);
console.log(JSON.stringify(process.argv.slice(1).map(judge)));
"""
HIGH, SYNTAX, MEDIUM = 10, 20, 30  # of Google's CSP Evaluator; larger numbers are "maybe" and less
PHOTOS = ("https://images.example", "https://logos.example:8443")
HOMES = ("https://dealer.example",)
ABSURD = 1e308  # pixels
MOST = 1_000_000  # pixels that a frame may be told to be tall


def judged(*policies: str) -> list[list[list[object]]]:
    """The findings on each policy: severity, directive, value, description."""
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", EVALUATE, "--", *policies],
        cwd=Path(os.environ["NPM_MODULES"]).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[list[object]]] = json.loads(done.stdout)
    return found


@pytest.mark.yardstick
def test_googles_evaluator_finds_nothing_of_weight_in_the_policy(demo: Path) -> None:
    (line,) = [
        each.strip()
        for each in (demo / "_headers").read_text("utf-8").splitlines()
        if each.strip().startswith("Content-Security-Policy:")
    ]
    ours = line.partition(": ")[2]
    (weak, *sound) = judged(
        "script-src 'unsafe-inline' *",
        ours,
        content_policy(PHOTOS, HOMES, https=True),
        content_policy(("https:",), ("https:",), https=True),
    )
    assert any(severity == HIGH for severity, *_ in weak)  # it does speak up
    for findings in sound:
        assert [each for each in findings if each[0] in {HIGH, SYNTAX, MEDIUM}] == []


@pytest.fixture
def insider(browser: Browser, site: str) -> Iterator[Visitor]:
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    person = Visitor(context, site)
    yield person
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
        "document.createElement('iframe').srcdoc = '<b>x</b>'",
        "document.createElement('script').textContent = 'window.pwned = 1'",
        "document.createElement('script').src = '/assets/x.js'",
        "eval('window.pwned = 1')",
        "trustedTypes.createPolicy('p', { createHTML: (text) => text })",
    ],
)
def test_no_script_of_a_page_can_make_markup_or_code_of_text(
    insider: Visitor, pages: dict[str, str], attempt: str
) -> None:
    page = insider.go(pages["showroom"])
    refused = page.evaluate(  # later: what a debugger runs may call eval
        "() => new Promise((done) => setTimeout(() => {"
        f" try {{ {attempt}; done(false); }} catch (refusal) {{ done(refusal.name); }} }}))"
    )
    assert refused in {"TypeError", "EvalError"}
    assert page.evaluate("window.pwned") is None


@pytest.mark.browser
def test_an_inline_script_and_a_form_to_elsewhere_are_refused(
    insider: Visitor, pages: dict[str, str]
) -> None:
    page = insider.go(pages["showroom"])
    told = page.evaluate(
        """() => new Promise((resolve) => {
          const found = [];
          addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
            if (found.push(effectiveDirective) === 2) resolve(found);
          });
          const button = document.body.appendChild(document.createElement("button"));
          button.setAttribute("type", "button");
          const image = document.body.appendChild(document.createElement("img"));
          image.src = "https://evil.invalid/x.png";
          const form = document.body.appendChild(document.createElement("form"));
          form.action = "https://evil.invalid/";
          form.submit();
        })"""
    )
    assert sorted(told) == ["form-action", "img-src"]


def address_of_the_embed(page: Page) -> str:
    address: str = page.locator(INSIDE).evaluate("each => each.src")
    return address


@pytest.mark.browser
def test_a_crafted_address_of_the_host_shows_no_other_dealers_list(guest: Guest) -> None:
    own, other = guest.host.dealer, guest.host.other
    for place in (other, f"{other}/embed", f"{other}/fr", f"{other}/make/peugeot", "fr", "report"):
        page = guest.go(f"/plain.html?showroom-{own}={place}")
        fits(guest)
        assert address_of_the_embed(page) == f"{guest.host.site}/{own}/embed/"
        page.wait_for_url("**/plain.html")


@pytest.mark.browser
@pytest.mark.parametrize(
    "message",
    [
        "{type: 'syndicator:place', path: 'javascript:alert(1)/'}",
        "{type: 'syndicator:place', path: '//evil.invalid/'}",
        "{type: 'syndicator:place', path: '../OTHER/'}",
        "{type: 'syndicator:place', path: 'OTHER/'}",
        "{type: 'syndicator:place', path: {endsWith: 1}}",
        "{type: 'syndicator:place', path: ['OTHER/']}",
        "{type: '__proto__', path: 'OTHER/', height: 1}",
        "'syndicator:size'",
        "[]",
    ],
)
def test_a_forged_place_never_reaches_the_address_of_the_host(guest: Guest, message: str) -> None:
    page = guest.go("/plain.html")
    fits(guest)
    text = message.replace("OTHER", guest.host.other)
    say(guest, text)
    fits(guest)
    assert page.url == f"{guest.host.url}/plain.html"
    assert address_of_the_embed(page).startswith(f"{guest.host.site}/{guest.host.dealer}/")


@pytest.mark.browser
def test_an_absurd_height_is_bounded_and_one_below_nought_as_well(guest: Guest) -> None:
    page = guest.go("/plain.html")
    fits(guest)
    frame = guest.inside()
    for asked, got in ((ABSURD, MOST), (-ABSURD, 100), (0, 100)):
        frame.evaluate(f"parent.postMessage({{type: 'syndicator:size', height: {asked!r}}}, '*')")
        page.wait_for_function(
            "([inside, tall]) => document.querySelector('dealer-showroom').shadowRoot"
            ".querySelector(inside).getBoundingClientRect().height === tall",
            arg=["iframe", got],
        )


LIES = """<script>
  parent.postMessage({ type: "syndicator:size", height: 123 }, "*");
  parent.postMessage({ type: "syndicator:place", path: "evil/" }, "*");
  parent.postMessage("spoken", "*");
</script>"""
SPOKEN = """addEventListener("message", ({ data }) => { if (data === "spoken") done(); });"""


@pytest.mark.browser
def test_a_frame_of_another_origin_is_not_heard(guest: Guest) -> None:
    page = guest.go("/plain.html")
    height = fits(guest)
    page.evaluate(
        f"""(lies) => new Promise((done) => {{
          {SPOKEN}
          const frame = document.body.appendChild(document.createElement("iframe"));
          frame.src = `data:text/html,${{encodeURIComponent(lies)}}`;
        }})""",
        LIES,
    )
    assert fits(guest) == height
    assert "evil" not in page.url


@pytest.mark.browser
def test_the_embeds_own_frame_is_not_heard_once_it_shows_another_origin(guest: Guest) -> None:
    page = guest.go("/plain.html")
    height = fits(guest)
    page.evaluate(
        f"""(lies) => new Promise((done) => {{
          {SPOKEN}
          const {{ shadowRoot }} = document.querySelector("dealer-showroom");
          shadowRoot.querySelector("iframe").src = `data:text/html,${{encodeURIComponent(lies)}}`;
        }})""",
        LIES,
    )
    assert page.locator(INSIDE).evaluate("each => each.getBoundingClientRect().height") == height
    assert "evil" not in page.url


@pytest.mark.browser
def test_what_is_seen_of_a_frame_is_bounded_too(guest: Guest) -> None:
    page = guest.go("/plain.html")
    fits(guest)
    guest.inside().evaluate(
        """() => addEventListener("message", ({ data }) => {
          const { style } = document.documentElement;
          const kept = ["top", "height"].map((each) => style.getPropertyValue(`--view-${each}`));
          if (data.top === 1e308) globalThis.kept = kept.join(" ");
        })"""
    )
    page.locator(INSIDE).evaluate(
        "(each) => each.contentWindow.postMessage("
        "{ type: 'syndicator:view', top: 1e308, height: -1e308 }, '*')"
    )
    guest.inside().wait_for_function("() => globalThis.kept")
    assert guest.inside().evaluate("kept") == "1000000px 240px"


@pytest.mark.browser
@pytest.mark.parametrize(
    "name",
    [
        'syndicator:{"accent":["#aabbcc"],"theme":{"x":1},"radius":[9]}',
        'syndicator:{"accent":"red;}*{background:url(//evil.invalid)}","radius":"1e9"}',
        'syndicator:{"__proto__":{"theme":"dark"},"theme":"url(javascript:alert(1))"}',
        "syndicator:[",
        "syndicator:null",
    ],
)
def test_a_forged_look_changes_nothing(guest: Guest, name: str) -> None:
    page = guest.go("/plain.html")
    page.evaluate(
        """([name, address]) => new Promise((done) => {
          const frame = document.createElement("iframe");
          frame.name = name;
          frame.src = address;
          frame.addEventListener("load", done);
          document.body.append(frame);
        })""",
        [name, f"{guest.host.site}/{guest.host.dealer}/embed/"],
    )
    forged = page.frames[-1]
    style = forged.evaluate("document.documentElement.getAttribute('style') ?? ''")
    assert not any(word in style for word in ("--accent", "color-scheme", "evil", "NaN"))
