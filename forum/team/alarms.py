"""Alarms for urgent items: notify those on duty at half the promised time, the next moderator at the full time, then the lead.

Each step happens once per promise, however many workers run: `Alarm` has one row for it. An item that becomes RED later gets
a new promise, so its time counts from then.
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
from forum.publishing.queue_items import promised_time
from forum.team import webhook
from forum.team.handover import leads

# step → share of the promised time that has passed
STEPS = {Alarm.Step.HALF: 0.5, Alarm.Step.FULL: 1.0, Alarm.Step.LEAD: 1.5}


def raise_due_alarms() -> int:
    """Raise all due alarms and return their number. Called by the worker."""
    now = timezone.now()
    open_red = Q(item__state=ReviewItem.State.OPEN, item__lane=Lane.RED)
    raised = set(Alarm.objects.filter(open_red).values_list("item", "step", "promised_at"))
    waiting = ReviewItem.objects.undecided().filter(lane=Lane.RED).best_first()
    due = [(item, step) for item in waiting for step in STEPS if _is_due(item, step, now)]
    return sum(raise_alarm(item.pk, step) for item, step in due if (item.pk, step, item.promised_at) not in raised)


def _is_due(item: ReviewItem, step: str, now: datetime) -> bool:
    """Whether a step is due. A claim postpones the HALF step, but not the later ones."""
    claimed = item.claimed_until is not None and item.claimed_until > now
    elapsed = now - _red_since(item) >= promised_time(Lane.RED) * STEPS[Alarm.Step(step)]
    return elapsed and not (step == Alarm.Step.HALF and claimed)


def _red_since(item: ReviewItem) -> datetime:
    """When the item came into RED: its author may have sent it long before."""
    return item.promised_at - promised_time(Lane.RED)


@transaction.atomic
def raise_alarm(item_id: int, step: str) -> bool:
    """Raise an alarm unless it was raised before; return whether it was. The item's lock makes concurrent workers take turns."""
    item = ReviewItem.objects.select_for_update(no_key=True).get(pk=item_id)
    if item.state != ReviewItem.State.OPEN or not _is_due(item, step, timezone.now()):
        return False
    alarm, new = Alarm.objects.get_or_create(item=item, step=step, promised_at=item.promised_at)
    if not new:
        return False
    people = _recipients(item, step)
    alarm.told = people[0] if people else None
    alarm.save(update_fields=["told"])
    for person in people:
        tell_alarm(item, person)
    transaction.on_commit(partial(webhook.call, message(item, step)))
    return True


def _recipients(item: ReviewItem, step: str) -> list[User]:
    """Moderators to notify at a step; if there are none, the next one on the rota. Never anyone involved in the item."""
    eligible = _moderators_by_next_shift(item)
    on_duty = [person for person, present in eligible if present]
    told = set(Notification.objects.filter(kind=ALARM.key, subject_id=item.pk).values_list("recipient", flat=True))
    fresh = [person for person, _ in eligible if person.pk not in told]
    if step == Alarm.Step.LEAD:
        lead = [person for person in leads() if can_decide_item(person, item)]
        return lead or fresh or on_duty
    return (on_duty if step == Alarm.Step.HALF else []) or fresh[:1] or on_duty


def _moderators_by_next_shift(item: ReviewItem) -> list[tuple[User, bool]]:
    """Moderators who may decide the item, with whether they are on duty: those first, then by start of their next shift."""
    now = timezone.now()
    shifts: dict[int, datetime] = {}
    for duty in Duty.objects.filter(ends_at__gt=now).order_by("-starts_at"):
        shifts[duty.moderator_id] = duty.starts_at
    never = now + timedelta(days=10_000)
    people = [credential.user for credential in Credential.objects.of_moderators()]
    people.sort(key=lambda person: shifts.get(person.pk, never))
    return [(p, shifts.get(p.pk, never) <= now) for p in people if can_decide_item(p, item)]


def message(item: ReviewItem, step: str) -> dict[str, Any]:
    """The webhook's message: how long an item has waited, and a link. It contains no member's name or text."""
    waited = int((timezone.now() - _red_since(item)).total_seconds()) // 60
    return {
        "text": f"Something urgent has waited {waited} minutes.",
        "step": str(step),
        "lane": Lane(item.lane).label,
        "waited_minutes": waited,
        "promised_minutes": int(promised_time(Lane.RED).total_seconds()) // 60,
        "link": settings.SITE_ADDRESS + reverse("forum:review-item", args=[item.pk]),
    }
