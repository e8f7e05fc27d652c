"""The house rules: the version that members must have accepted, and the texts that were in force.

The text is a page of the guide, whose workflow calls `record_text` when it is published.
"""

from datetime import datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import HouseRulesText, RulesAcceptance, User
from core import page_cache

FIRST_VERSION = 1
KEY = "house-rules-version"
CACHE_SECONDS = 60


class EarlierVersion(NamedTuple):
    """A replaced version: its last text, and the period in which it was in force."""

    number: int
    text: str
    since: datetime
    until: datetime


def current_version() -> int:
    """Return the number of the version in force. Costs a query at most once a minute."""
    number: int | None = page_cache.shared().get(KEY)
    if number is None:
        latest = HouseRulesText.objects.last()
        number = latest.number if latest else FIRST_VERSION
        page_cache.shared().set(KEY, number, CACHE_SECONDS)
    return number


def has_accepted_rules(user: User) -> bool:
    """Return whether the user accepted the version in force."""
    return user.rules_accepted >= current_version()


@transaction.atomic
def record_text(text: str, *, must_accept: bool = False, at_least: int = FIRST_VERSION) -> HouseRulesText:
    """Record the text that is in force from now on. If members must accept it again, it begins a new version.

    So does restoring the text of an earlier version. `at_least` is the number in a content file.
    """
    text = text.strip()
    latest = HouseRulesText.objects.select_for_update().last()
    if latest and latest.text == text and not must_accept:
        return latest
    number = max(latest.number if latest else FIRST_VERSION, at_least)
    if must_accept or is_of_earlier_version(text):
        number += 1
    transaction.on_commit(lambda: page_cache.shared().delete(KEY))
    return HouseRulesText.objects.create(number=number, text=text)


def is_of_earlier_version(text: str) -> bool:
    """Return whether a text was last in force in an earlier version. Recording it again begins a new one."""
    latest, same = HouseRulesText.objects.last(), HouseRulesText.objects.filter(text=text.strip()).last()
    return bool(latest and same and same.number < latest.number)


def earlier_versions() -> list[EarlierVersion]:
    """Return all versions before the current one, the newest first."""
    found = [(number, list(texts)) for number, texts in groupby(HouseRulesText.objects.all(), lambda row: row.number)]
    return [
        EarlierVersion(number, texts[-1].text, texts[0].in_force_from, later[0].in_force_from)
        for (number, texts), (_, later) in pairwise(found)
    ][::-1]


def text_accepted_by(user: User) -> str:
    """Return the last text of the version that the user accepted most recently, or "" if it isn't known."""
    row = HouseRulesText.objects.filter(number=user.rules_accepted).last()
    return row.text if row else ""


@transaction.atomic
def accept_rules(number: int, *, by: User) -> None:
    """Record that the user accepted this version of the rules."""
    by.rules_accepted, by.rules_accepted_at = number, timezone.now()
    by.save(update_fields=["rules_accepted", "rules_accepted_at"])
    RulesAcceptance.objects.get_or_create(user=by, number=number)
