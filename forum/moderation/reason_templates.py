"""Reason templates, cached for a minute because they are read often and rarely change."""

from typing import Any

from core import page_cache
from forum.models import ReasonTemplate
from forum.models.reports import WORRIES

CACHE_KEY, CACHE_SECONDS = "forum:reasons", 60


def templates_by_code() -> dict[str, tuple[str, str, bool, bool]]:
    """Title, text to the author, `for_reports` and `active` of each template by its code, in order."""
    found = page_cache.shared().get_or_set(CACHE_KEY, _load, CACHE_SECONDS)
    return _load() if found is None else found


def clear_cache() -> None:
    page_cache.shared().delete(CACHE_KEY)


def _load() -> dict[str, tuple[str, str, bool, bool]]:
    return {r.code: (r.title, r.words, r.for_reports, r.active) for r in ReasonTemplate.objects.all()}


def title_of(code: str) -> str:
    """The title that members read, or a general sentence if the code is no longer on the list."""
    if code in WORRIES:
        return f"Worried about this person: {WORRIES[code].title[0].lower()}{WORRIES[code].title[1:]}"
    return templates_by_code().get(code, ("See the moderator’s message.", "", False, False))[0]


def text_for(code: str) -> str:
    return templates_by_code().get(code, ("", "", False, False))[1]


def refusal_choices() -> list[tuple[str, str]]:
    return [("", "Choose a reason"), *((code, row[0]) for code, row in templates_by_code().items() if row[3])]


def report_choices() -> list[tuple[str, Any]]:
    """Reasons for a report: a worry about the person first, then what is wrong with the text."""
    rows = [
        (code, "Something else." if code == "other" else row[0])
        for code, row in templates_by_code().items()
        if row[2] and row[3]
    ]
    worries = [(code, worry.title) for code, worry in WORRIES.items()]
    return [("", "Choose a reason"), ("I am worried about this person", worries), ("Something else is wrong", rows)]
