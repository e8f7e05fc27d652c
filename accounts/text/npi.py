"""The National Provider Identifier of the United States. A leaf."""

import re

SHAPE = re.compile(r"[12][0-9]{9}")
PREFIX = "80840"  # health, United States: the check digit is reckoned over it too


def is_npi(text: str) -> bool:
    """Ten digits that begin with 1 or 2, the last of which is Luhn's check digit over 80840 and the others."""
    return bool(SHAPE.fullmatch(text)) and _luhn_sum(PREFIX + text) % 10 == 0


def _luhn_sum(digits: str) -> int:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(sum(divmod(n, 10)) for n in doubled)  # of 16, the digits: 1 + 6
