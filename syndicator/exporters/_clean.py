"""Sellers' texts without ways around a portal: addresses, e-mail and telephone numbers. Pure.

Every pattern is bounded, so that no text can make one slow.
"""

import re

DOMAINS = "be|nl|fr|de|eu|com|net|org|info|biz|lu|uk"
BLANKS = r"[ \t\xa0\u202f./()-]{0,3}"
LINK = re.compile(r"[a-z][a-z0-9+.-]{0,20}://\S*|(?<!\w)//\S+|www\.\S*", re.IGNORECASE)
MAIL = re.compile(r"[^\s@]{0,64}@[^\s@]+")
# In small letters or in capitals: "wagen.De" is the end of one sentence and the start of another.
HOST = re.compile(
    rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,5}}(?:{DOMAINS}|{DOMAINS.upper()})(?![\w-])(?:[:/]\S*)?"
)
DATE = r"(?:\d\d[/.-])?\d\d[/.-](?:19|20)\d\d\b"  # 05/2019 is no area code
PHONE = re.compile(
    rf"(?<![\w.,])(?:\(?(?:\+|00)[1-9](?:{BLANKS}\d){{7,14}}"
    rf"|(?!{DATE})0[1-9](?:{BLANKS}\d){{7,8}})(?!\d)"
)
PATTERNS = (LINK, MAIL, HOST, PHONE)


def without_contacts(text: str) -> str:
    """The text without them; line breaks stay, blanks around what is gone become one."""
    for pattern in PATTERNS:
        text = pattern.sub(" ", text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines).strip()
