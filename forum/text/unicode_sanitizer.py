"""Signs that make a mess of a page although each of them is only text. A leaf."""

import re
import unicodedata

PLANES = "".join(f"{chr(plane * 65536 + 65534)}{chr(plane * 65536 + 65535)}" for plane in range(17))
UNPRINTABLE = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{PLANES}]"
)  # no page may hold them
BIDI = re.compile(
    "[\u202a-\u202e\u2066-\u2069]"
)  # they turn the rest of a line round; scripts read from the right need none
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
TOWER = re.compile(f"([{MARKS}]{{4}})[{MARKS}]+")  # no language puts more than four marks upon one letter
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that show nothing


def printable(text: str) -> str:
    """The text without signs that are none: HTML and XML have no place for them."""
    return UNPRINTABLE.sub("", text)


def tamed(text: str) -> str:
    """What is printable, without what turns lines round, and without towers of marks that stand over the lines above."""
    return TOWER.sub(r"\1", BIDI.sub("", printable(text)))


def can_be_seen(text: str) -> bool:
    """Whether anything in it leaves a trace on a page."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANK for c in text)
