"""The National Provider Identifier (NPI) of the United States."""

import re

SHAPE = re.compile(r"[12][0-9]{9}")
PREFIX = "80840"  # health, United States: included in the check digit


def is_npi(text: str) -> bool:
    """Return whether `text` is ten digits starting with 1 or 2, with a valid Luhn check digit (prefix included)."""
    return bool(SHAPE.fullmatch(text)) and _luhn_sum(PREFIX + text) % 10 == 0


def _luhn_sum(digits: str) -> int:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(sum(divmod(n, 10)) for n in doubled)  # sum the digits: 16 counts as 1 + 6
