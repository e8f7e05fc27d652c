"""When something urgent waits: the clinicians on duty hear of it at half its promise, the next one at the whole, then the lead.

Each step of each item happens once, however many workers run: `Alarm` has one row for it.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential, Notification, User
from forum.models import Alarm, Duty, Lane, ReviewItem
from forum.notifications.kinds import ALARM, tell_alarm
from forum.permissions import can_decide_item
from forum.team import webhook
from forum.team.handover import leads

# step → which part of the promised time is over
STEPS = {Alarm.Step.HALF: 0.5, Alarm.Step.FULL: 1.0, Alarm.Step.LEAD: 1.5}


def raise_due_alarms() -> int:
    """The worker's chore; returns how many alarms were raised."""
    now = timezone.now()
    open_red = Q(item__state=ReviewItem.State.OPEN, item__lane=Lane.RED)
    known = set(Alarm.objects.filter(open_red).values_list("item", "step"))
    waiting = ReviewItem.objects.open().filter(lane=Lane.RED).best_first()
    due = [(item.pk, step) for item in waiting for step in STEPS if _is_due(item, step, now)]
    return sum(raise_alarm(pk, step) for pk, step in due if (pk, step) not in known)


def _is_due(item: ReviewItem, step: str, now: datetime) -> bool:
    """At half, an item that somebody is at does not wait; at the whole promise, a claim alone is no answer any more."""
    at_it = item.claimed_until is not None and item.claimed_until > now
    over = now - item.asked_at >= (item.promised_at - item.asked_at) * STEPS[Alarm.Step(step)]
    return over and not (step == Alarm.Step.HALF and at_it)


@transaction.atomic
def raise_alarm(item_id: int, step: str) -> bool:
    """Whether it was raised here and now. The item's lock makes two workers take turns; the row says that it was done."""
    item = ReviewItem.objects.select_for_update(no_key=True).get(pk=item_id)
    if item.state != ReviewItem.State.OPEN or not _is_due(item, step, timezone.now()):
        return False
    alarm, new = Alarm.objects.get_or_create(item=item, step=step)
    if not new:
        return False
    people = _whom(item, step)
    alarm.told = people[0] if people else None
    alarm.save(update_fields=["told"])
    for person in people:
        tell_alarm(item, person)
    transaction.on_commit(partial(webhook.call, message(item, step)))
    return True


def _whom(item: ReviewItem, step: str) -> list[User]:
    """Nobody who has a part in the item. Where the one who should be told is not there, the nearest other is."""
    able = _by_nearness(item)
    on_duty = [person for person, there in able if there]
    told = set(Notification.objects.filter(kind=ALARM.key, subject_id=item.pk).values_list("recipient", flat=True))
    fresh = [person for person, _ in able if person.pk not in told]
    if step == Alarm.Step.LEAD:
        lead = [person for person in leads() if can_decide_item(person, item)]
        return lead or fresh or on_duty
    return (on_duty if step == Alarm.Step.HALF else []) or fresh[:1] or on_duty


def _by_nearness(item: ReviewItem) -> list[tuple[User, bool]]:
    """Moderators who may decide it, and whether they are on duty: those first, then whose next shift is nearest."""
    now = timezone.now()
    shifts: dict[int, datetime] = {}
    for duty in Duty.objects.filter(ends_at__gt=now).order_by("-starts_at"):
        shifts[duty.moderator_id] = duty.starts_at
    never = now + timedelta(days=10_000)
    people = [held.user for held in Credential.objects.of_moderators()]
    people.sort(key=lambda person: shifts.get(person.pk, never))
    return [(p, shifts.get(p.pk, never) <= now) for p in people if can_decide_item(p, item)]


def message(item: ReviewItem, step: str) -> dict[str, Any]:
    """What the webhook says: that something waits, how long, and where. Neither whose nor which words."""
    waited = int((timezone.now() - item.asked_at).total_seconds()) // 60
    return {
        "text": f"Something urgent has waited {waited} minutes.",
        "step": str(step),
        "lane": Lane(item.lane).label,
        "waited_minutes": waited,
        "promised_minutes": int((item.promised_at - item.asked_at).total_seconds()) // 60,
        "link": settings.SITE_ADDRESS + reverse("forum:review-item", args=[item.pk]),
    }
