"""Escalation: pass an item to a colleague or to a profession, or put it back in the queue."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import Credential, Profession, Sanction, User
from accounts.permissions import required_credential
from accounts.roles import MODERATORS
from forum.models import Duty, PrivateNote, Report, ReviewItem
from forum.moderation.text_decisions import item_for_update
from forum.notifications.kinds import tell_escalated
from forum.permissions import can_decide_item


def eligible_colleagues(item: ReviewItem, *, of: User) -> list[User]:
    """Other moderators who may decide `item`, as `can_decide_item` says of each, those on duty first. One query."""
    credential = Credential.objects.in_force().filter(user=OuterRef("pk"))
    suspended = Sanction.objects.suspending().filter(user=OuterRef("pk"))
    moderators = User.objects.filter(groups__name=MODERATORS, is_active=True, state=User.State.ACTIVE)
    moderators = moderators.filter(Exists(credential), ~Exists(suspended)).exclude(_involved_in(item))
    on_duty = Exists(Duty.objects.now().filter(moderator=OuterRef("pk")))
    profession = Subquery(credential.order_by("-approved_at").values("profession")[:1])
    found = moderators.exclude(pk=of.pk).annotate(is_on_duty=on_duty, profession=profession)
    return list(found.order_by("-is_on_duty", "display_name"))


def _involved_in(item: ReviewItem) -> Q:
    """Select the moderators from whom `ReviewItem.objects.for_moderator` hides this item, as they are involved in it."""
    judged = item.kind in (ReviewItem.Kind.REPORT, ReviewItem.Kind.APPEAL)
    keys = [item.member_id, item.post and item.post.author_id, item.appeal and item.appeal.decision.by_id]
    keys += [item.note.by_id] if item.note and item.kind == ReviewItem.Kind.APPEAL else []
    involved = Q(pk__in=[key for key in keys if key])
    same = Q(post=item.post_id, post__isnull=False) | Q(member=item.member_id, member__isnull=False)
    reported = Report.objects.filter(same, by=OuterRef("pk"))
    return involved | Q(Exists(reported)) if judged else involved


@transaction.atomic
def escalate(item: ReviewItem, *, by: User, to: User, note: str) -> PrivateNote:
    """Ask a colleague to decide. Others can still take the item. Raise PermissionDenied and Superseded."""
    item = item_for_update(item, by)
    if to == by or not can_decide_item(to, item):
        raise PermissionDenied
    _release(item, escalated_to=to, escalated_to_profession="", escalated_at=timezone.now())
    tell_escalated(item, to)
    return item.private_notes.create(kind=PrivateNote.Kind.ESCALATED, by=by, to=to, text=note)


@transaction.atomic
def escalate_to_profession(item: ReviewItem, *, by: User, to: Profession, note: str) -> PrivateNote:
    """Ask everyone with a profession to decide: those on duty, or all of them if no one is.

    Others can still take the item. Raise Superseded, and PermissionDenied also if no colleague with the profession may decide.
    """
    item = item_for_update(item, by)
    asked = _who_is_asked(eligible_colleagues(item, of=by), to)
    if not asked:
        raise PermissionDenied
    _release(item, escalated_to=None, escalated_to_profession=to, escalated_at=timezone.now())
    tell_escalated(item, *asked)
    return item.private_notes.create(kind=PrivateNote.Kind.ESCALATED, by=by, to_profession=to, text=note)


def _who_is_asked(colleagues: list[Any], profession: Profession) -> list[Any]:
    """Return the `eligible_colleagues` who have the profession and are on duty, or all who have it if no one is."""
    team = [person for person in colleagues if person.profession == profession]
    return [person for person in team if person.is_on_duty] or team


@transaction.atomic
def hand_back(item: ReviewItem, *, by: User, note: str = "") -> PrivateNote:
    """Put an item back undecided. If it is passed to `by` or to their profession, notify the colleague who did that."""
    item = item_for_update(item, by)
    asked = _passed_by(item, to=by)
    _release(item, escalated_to=None, escalated_to_profession="", escalated_at=None)
    if asked:
        tell_escalated(item, asked.by)
    return item.private_notes.create(
        kind=PrivateNote.Kind.HANDED_BACK, by=by, to=asked.by if asked else None, text=note
    )


def _passed_by(item: ReviewItem, *, to: User) -> PrivateNote | None:
    """Return the note with which a colleague passed the item to this moderator or their profession, if someone did."""
    profession = required_credential(to).profession
    if to.pk != item.escalated_to_id and profession != item.escalated_to_profession:
        return None
    to_them = Q(to=to) | Q(to_profession=profession)
    return item.private_notes.filter(to_them, kind=PrivateNote.Kind.ESCALATED).exclude(by=to).last()


def _release(item: ReviewItem, **also: object) -> None:
    item.claimed_by, item.claimed_until = None, None
    for name, value in also.items():
        setattr(item, name, value)
    item.save(update_fields=["claimed_by", "claimed_until", *also])
