"""Remove characters that are invalid in HTML or XML, or that disturb the text around them."""

import re
import unicodedata

PLANES = "".join(f"{chr(plane * 65536 + 65534)}{chr(plane * 65536 + 65535)}" for plane in range(17))
INVALID = re.compile(
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{PLANES}]"
)  # invalid in HTML and XML
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")  # overrides; right-to-left scripts don't need them
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
STACKED_MARKS = re.compile(f"([{MARKS}]{{4}})[{MARKS}]+")  # no language puts more than four marks on a letter
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that are invisible


def strip_invalid_characters(text: str) -> str:
    """Remove control characters, surrogates and noncharacters."""
    return INVALID.sub("", text)


def strip_unsafe_characters(text: str) -> str:
    """Also remove bidi overrides, and combining marks after the fourth on a letter, which cover the lines above."""
    return STACKED_MARKS.sub(r"\1", BIDI.sub("", strip_invalid_characters(text)))


def has_visible_characters(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LNPS" and c not in BLANK for c in text)
