"""Parse ids, page numbers and times from query strings and forms."""

from datetime import UTC, datetime

from django.utils import timezone

BIGINT_DIGITS = 18  # any number of 18 digits fits a PostgreSQL bigint
INTEGER_DIGITS = 9  # any number of 9 digits fits an integer


def int_or_none(text: str | None, *, digits: int = BIGINT_DIGITS) -> int | None:
    """Return `text` as a number, or None unless it is 1 to `digits` ASCII digits: no sign, space or other digits."""
    if text and text.isascii() and text.isdecimal() and len(text) <= digits:
        return int(text)
    return None


def moment_or_none(text: str) -> datetime | None:
    """Return an ISO 8601 time with its offset, or None. A space is read as the “+” that a query string turned into it."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return moment.astimezone(UTC) if timezone.is_aware(moment) else None
    except (ValueError, OverflowError):  # no time, or one that is in the year 0 or 10,000 elsewhere
        return None
