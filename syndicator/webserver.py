"""The build's headers and redirects in the words of nginx and of Caddy. Pure.

Both read a part that stands within the block of the site. What a path matches is what it matches
in ``_headers`` and ``_redirects``; a later header replaces an earlier one of the same name, and of
redirects the first that fits counts. What these files say is data: text that could end a value or
begin a variable in either language is refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus

from syndicator.errors import UsageError
from syndicator.serve import CONTROL, HeaderRule, RedirectRule, headers_for

PATTERN = re.compile(r"/[A-Za-z0-9/_.:*~-]*")
VALUE = re.compile(r"[ !#%&'()*+,./0-9:;<=>?@A-Z\[\]^_a-z|~-]*")
NAME = re.compile(r"[A-Za-z0-9-]+")
TYPE = "content-type"
PLACEHOLDER = re.compile(r"\*|(?<=/):\w+|\.")  # of a pattern, and what else is none of its own
MEANS = {"*": ".*", ".": r"\."}
LOST = "/404.html"
PAGE = "text/html; charset=utf-8"


def nginx(headers: Sequence[HeaderRule], redirects: Sequence[RedirectRule]) -> str:
    """For a ``server`` block with a ``root``.

    nginx has no media type that depends on a variable, so each type is a location; of these the
    first that fits counts, so they are in turned order.

    :raises UsageError: a rule is none that a build writes.
    """
    _check(headers, redirects)
    lines = ["index index.html;", "absolute_redirect off;", "charset utf-8;"]
    lines += ["charset_types text/html text/css text/javascript application/javascript text/plain"]
    lines[-1] += " text/xml text/tab-separated-values;"
    for name in dict.fromkeys(name for name, _, _ in _sent(headers)):
        variable = f"$syndicator_{name.lower().replace('-', '_')}"
        lines.append(f'set {variable} "";')
        lines += (
            f'if ($uri ~ "{_regex(pattern)}") {{ set {variable} "{value}"; }}'
            for other, pattern, value in _sent(headers)
            if other == name
        )
        lines.append(f"add_header {name} {variable} always;")
    lines.append(f'set $syndicator_404 "{LOST}";')
    lines += (
        f'if ($uri ~ "{_regex(rule.pattern)}") {{ set $syndicator_404 "{rule.target}"; }}'
        for rule in reversed(redirects)
    )
    lines.append("error_page 404 $syndicator_404;")
    lines.append(f'location ~ "^/({"|".join(CONTROL)})$" {{ return 404; }}')
    lines += (
        f'location ~ "{_regex(pattern)}" {{ types {{ }} default_type "{media_type}"; }}'
        for pattern, media_type in reversed(list(_types(headers)))
    )
    return _text("nginx", lines)


def caddy(headers: Sequence[HeaderRule], redirects: Sequence[RedirectRule]) -> str:
    """For a site block with a ``root``.

    :raises UsageError: a rule is none that a build writes.
    """
    _check(headers, redirects)
    lines = ["route {"]
    for number, rule in enumerate(headers):
        lines.append(f"\t@syndicator_{number} path_regexp {_regex(rule.pattern)}")
        lines += (f'\theader @syndicator_{number} {name} "{v}"' for name, v in rule.headers)
    lines += ["\tfile_server {", f"\t\thide {' '.join(CONTROL)}", "\t}", "}", "handle_errors {"]
    # What was set for the address that is not there still stands, and the page is another file.
    kept = headers_for(headers, LOST).get("Cache-Control", "no-cache")
    lines += [f'\theader Cache-Control "{kept}"', f'\theader Content-Type "{PAGE}"']
    for number, lost in enumerate(redirects):
        lines.append(f"\t@syndicator_lost_{number} path_regexp {_regex(lost.pattern)}")
        lines.append(f"\thandle @syndicator_lost_{number} {{")
        lines += [f"\t\trewrite * {lost.target}", "\t\tfile_server", "\t}"]
    lines += ["\thandle {", f"\t\trewrite * {LOST}", "\t\tfile_server", "\t}", "}"]
    return _text("caddy", lines)


def _text(server: str, lines: Iterable[str]) -> str:
    made = f"# Made by `syndicator headers {server}` of output/_headers and output/_redirects."
    return "".join(f"{line}\n" for line in (made, *lines))


def _sent(headers: Iterable[HeaderRule]) -> Iterator[tuple[str, str, str]]:
    """Name, pattern and value of each header but the media type."""
    for rule in headers:
        for name, value in rule.headers:
            if name.lower() != TYPE:
                yield name, rule.pattern, value


def _types(headers: Iterable[HeaderRule]) -> Iterator[tuple[str, str]]:
    for rule in headers:
        for name, value in rule.headers:
            if name.lower() == TYPE:
                yield rule.pattern, value


def _regex(pattern: str) -> str:
    """As both servers read it, for a whole path."""
    found = PLACEHOLDER.sub(lambda part: MEANS.get(part[0], "[^/]+"), pattern)
    return f"^{found}$"


def _check(headers: Iterable[HeaderRule], redirects: Iterable[RedirectRule]) -> None:
    for rule in headers:
        for name, value in rule.headers:
            _refuse_unless(
                PATTERN.fullmatch(rule.pattern) and NAME.fullmatch(name) and VALUE.fullmatch(value),
                f"_headers: {rule.pattern}: {name}",
            )
    for each in redirects:
        _refuse_unless(
            PATTERN.fullmatch(each.pattern)
            and PATTERN.fullmatch(each.target)
            and each.status == HTTPStatus.NOT_FOUND,
            f"_redirects: {each.pattern}",
        )


def _refuse_unless(is_plain: object, what: str) -> None:
    if not is_plain:
        raise UsageError(
            f"{what[:200]!r} is no rule that a build writes", hint="run `syndicator build` again"
        )
