"""Reason templates, cached for a minute because they are read often and rarely change."""

from typing import Any, NamedTuple

from core import page_cache
from forum.models import ReasonTemplate
from forum.models.reports import WORRIES

CACHE_KEY, CACHE_SECONDS = "forum:reasons", 60


class Template(NamedTuple):
    """A reason template, small enough for the cache: `request` and `refusal` are the messages to the author."""

    title: str
    request: str
    refusal: str
    for_reports: bool
    active: bool


UNKNOWN = Template("See the moderator’s message.", "", "", for_reports=False, active=False)


def templates_by_code() -> dict[str, Template]:
    """The templates by code, in order."""
    found = page_cache.shared().get_or_set(CACHE_KEY, _load, CACHE_SECONDS)
    return _load() if found is None else found


def clear_cache() -> None:
    page_cache.shared().delete(CACHE_KEY)


def _load() -> dict[str, Template]:
    rows = ReasonTemplate.objects.all()
    return {r.code: Template(r.title, r.words, r.refusal_words, r.for_reports, r.active) for r in rows}


def title_of(code: str) -> str:
    """The title that members read, or a general sentence if the code is no longer on the list."""
    if code in WORRIES:
        return f"Worried about this person: {WORRIES[code].title[0].lower()}{WORRIES[code].title[1:]}"
    return templates_by_code().get(code, UNKNOWN).title


def request_text(code: str) -> str:
    """The standard message when an author is asked for changes."""
    return templates_by_code().get(code, UNKNOWN).request


def refusal_text(code: str) -> str:
    """The standard message when a text isn't published, or is hidden or removed."""
    return templates_by_code().get(code, UNKNOWN).refusal


def refusal_choices() -> list[tuple[str, str]]:
    return [("", "Choose a reason"), *((code, row.title) for code, row in templates_by_code().items() if row.active)]


def report_choices() -> list[tuple[str, Any]]:
    """Reasons for a report: a worry about the person first, then what is wrong with the text."""
    rows = [
        (code, "Something else." if code == "other" else row.title)
        for code, row in templates_by_code().items()
        if row.for_reports and row.active
    ]
    worries = [(code, worry.title) for code, worry in WORRIES.items()]
    return [("", "Choose a reason"), ("I am worried about this person", worries), ("Something else is wrong", rows)]
