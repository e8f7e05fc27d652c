"""The reasons that administrators keep, and their standard words. Read often, changed rarely: kept for a minute."""

from pathlib import Path

import yaml
from django.core.cache import cache

from forum.models import ReasonTemplate

KEY, SECONDS = "forum:reasons", 60
FOLDER = Path(__file__).resolve().parents[1] / "content"


def begin() -> None:
    """The list that a site begins with, where there is none."""
    if not ReasonTemplate.objects.exists():
        rows = yaml.safe_load((FOLDER / "reasons.yaml").read_text())
        ReasonTemplate.objects.bulk_create(ReasonTemplate(position=place, **row) for place, row in enumerate(rows))


def kept() -> dict[str, tuple[str, str, bool, bool]]:
    """By code, in order: title, words to the author, whether members may report with it, whether it is still used."""
    found = cache.get_or_set(KEY, _kept, SECONDS)
    return _kept() if found is None else found


def forget() -> None:
    """After the list was changed."""
    cache.delete(KEY)


def _kept() -> dict[str, tuple[str, str, bool, bool]]:
    return {r.code: (r.title, r.words, r.for_reports, r.active) for r in ReasonTemplate.objects.all()}


def title_of(code: str) -> str:
    """What members read; a code that is not on the list any more says nothing wrong."""
    return kept().get(code, ("See the moderator’s words.", "", False, False))[0]


def words_for(code: str) -> str:
    return kept().get(code, ("", "", False, False))[1]


def to_refuse() -> list[tuple[str, str]]:
    return [("", "Choose a reason"), *((code, row[0]) for code, row in kept().items() if row[3])]


def to_report() -> list[tuple[str, str]]:
    """As members choose from when they report."""
    rows = [
        (code, "Something else." if code == "other" else row[0]) for code, row in kept().items() if row[2] and row[3]
    ]
    return [("", "Choose a reason"), *rows]
