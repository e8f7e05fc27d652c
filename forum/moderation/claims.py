"""Claims: a ten-minute lease on a review item."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from accounts.models import User
from forum.models import PrivateNote, ReviewItem
from forum.models.queue import ReviewItemQuerySet
from forum.moderation.assignment import passed_to, prefer_lighter
from forum.moderation.item_presence import record_look
from forum.moderation.text_decisions import Superseded, item_for_update
from forum.notifications.kinds import tell_taken_over
from forum.permissions import can_moderate

PUT_BACK_FOR = timedelta(minutes=30)  # in which `claim_next` doesn't offer an item to whoever put it back


@transaction.atomic
def claim(item: ReviewItem, *, by: User) -> ReviewItem:
    """Claim `item` for `by`, or renew the claim. Raise PermissionDenied, and Superseded if someone else has claimed it."""
    item = item_for_update(item, by)
    if item.claimed_by_another(by):
        raise Superseded("Another moderator is working on it. You can take it over on its page.")
    return _claim(item, by)


def extend_claim(item: ReviewItem, *, by: User) -> None:
    """Claim an item that `by` has decided, so that no one else acts on it. Raise Superseded if a colleague has claimed it."""
    theirs = Q(claimed_until__gt=timezone.now()) & ~Q(claimed_by=by)
    own = ReviewItem.objects.open().filter(pk=item.pk).exclude(theirs)
    if not own.update(claimed_by=by, claimed_until=timezone.now() + _claim_duration()):
        raise Superseded("Another moderator is working on it, or it was closed just now.")


@transaction.atomic
def take_over(item: ReviewItem, *, by: User) -> ReviewItem:
    """Claim `item` even if someone else has claimed it, and notify them. Raise PermissionDenied and Superseded."""
    item = item_for_update(item, by)
    if item.pending_actions.pending().exists():
        raise Superseded("Another moderator has decided this just now. It takes effect in a moment.")
    other = item.claimed_by if item.claimed_by_another(by) else None
    if other:
        item.private_notes.create(kind=PrivateNote.Kind.TAKEN_OVER, by=by, to=other)
        tell_taken_over(item, other)
    return _claim(item, by)


@transaction.atomic
def release(item: ReviewItem, *, by: User) -> bool:
    """Release the claim if it belongs to `by` and they haven't decided. Return whether it did."""
    own = ReviewItem.objects.undecided().filter(pk=item.pk, claimed_by=by)
    return bool(own.update(claimed_by=None, claimed_until=None))


@transaction.atomic
def claim_next(by: User, among: ReviewItemQuerySet | None = None) -> ReviewItem | None:
    """Claim the most urgent unclaimed item: by lane, inside RED by how acute it is, then items passed to `by` or to
    their profession, then longest waiting. What `by` has just put back or passed to their own profession is left out.

    `among` are the items of a filter; without it, all that `by` may decide. Rows locked by another transaction are
    skipped, so moderators who ask at the same moment get different items. Raise PermissionDenied.
    """
    if not can_moderate(by):
        raise PermissionDenied
    rows = ReviewItem.objects.undecided().for_moderator(by) if among is None else among
    not_passed = Q(escalated_to=None, escalated_to_profession="")
    for_me = passed_to(by)
    not_for_others = not_passed | for_me | Q(escalated_at__lt=timezone.now() - _claim_duration())
    free = rows.without_part_closed_by(by).unclaimed().filter(not_for_others)
    free = free.exclude(pk__in=_put_back_by(by)).exclude(pk__in=_passed_to_own_profession_by(by))
    mine_first = Case(When(for_me, then=0), default=1)
    best = prefer_lighter(free, by).order_by("lane", "acuteness", mine_first, "asked_at", "pk")
    found = best.select_for_update(no_key=True, skip_locked=True, of=["self"]).first()
    return _claim(found, by) if found else None


def _put_back_by(moderator: User) -> QuerySet[PrivateNote, Any]:
    """Keys of the items that the moderator has put back undecided in the last minutes."""
    since = timezone.now() - PUT_BACK_FOR
    notes = PrivateNote.objects.filter(by=moderator, kind=PrivateNote.Kind.HANDED_BACK, made_at__gt=since)
    return notes.filter(item__isnull=False).values("item")


def _passed_to_own_profession_by(moderator: User) -> QuerySet[PrivateNote, Any]:
    """Keys of the items that the moderator has just passed to colleagues who have the same profession."""
    since = timezone.now() - _claim_duration()
    notes = PrivateNote.objects.filter(by=moderator, kind=PrivateNote.Kind.ESCALATED, made_at__gt=since)
    passed = notes.exclude(to_profession="").filter(to_profession=F("item__escalated_to_profession"))
    return passed.values("item")


def _claim(item: ReviewItem, by: User) -> ReviewItem:
    item.claimed_by, item.claimed_until = by, timezone.now() + _claim_duration()
    item.save(update_fields=["claimed_by", "claimed_until"])
    record_look(item, by=by)
    return item


def _claim_duration() -> timedelta:
    return timedelta(minutes=settings.FORUM_CLAIM_MINUTES)
