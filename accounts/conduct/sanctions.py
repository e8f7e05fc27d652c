"""What staff do about conduct, and what the member may say to it. One function for each act, each one transaction."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lift, Sanction, SanctionAppeal, User
from accounts.notifications.inbox import notify
from accounts.permissions import can_appeal_sanction, can_decide_sanction_appeal, can_sanction
from core.transitions import IllegalTransition, transition

State = SanctionAppeal.State


@transaction.atomic
def impose(
    member: User,
    *,
    by: User,
    kind: str,
    reason: str,
    message: str,
    posts_per_day: int | None = None,
    ends_at: datetime | None = None,
) -> Sanction:
    """Warn, limit, suspend or close, from now until `ends_at`, or until it is lifted. Raises PermissionDenied."""
    member = User.objects.select_for_update().get(pk=member.pk)
    if not can_sanction(by, member):
        raise PermissionDenied
    words = {"reason": reason, "message": message}
    sanction = Sanction.objects.create(
        user=member, by=by, kind=kind, posts_per_day=posts_per_day, ends_at=ends_at, starts_at=timezone.now(), **words
    )
    _tell(member, "There is a decision about your account. You can read it, and appeal against it.", sanction)
    return sanction


@transaction.atomic
def lift(sanction: Sanction, *, by: User, reason: str) -> Lift:
    """End a sanction before its time. Raises PermissionDenied, and IllegalTransition when it has ended already."""
    sanction = Sanction.objects.select_for_update().select_related("user").get(pk=sanction.pk)
    if not can_sanction(by, sanction.user):
        raise PermissionDenied
    if not Sanction.objects.in_force().filter(pk=sanction.pk).exists():
        raise IllegalTransition("This has ended already.")
    ended = Lift.objects.create(sanction=sanction, by=by, reason=reason)
    _tell(sanction.user, "A decision about your account was taken back.", sanction)
    return ended


@transaction.atomic
def appeal(sanction: Sanction, *, by: User, text: str) -> SanctionAppeal:
    """The member's one word against a sanction. Raises PermissionDenied, and IllegalTransition for a second one."""
    sanction = Sanction.objects.select_for_update().get(pk=sanction.pk)
    if not can_appeal_sanction(by, sanction):
        raise PermissionDenied
    if SanctionAppeal.objects.filter(sanction=sanction).exists():
        raise IllegalTransition("You have appealed against this already.")
    return SanctionAppeal.objects.create(sanction=sanction, text=text)


@transaction.atomic
def decide_appeal(found: SanctionAppeal, *, by: User, grant: bool, answer: str) -> SanctionAppeal:
    """Answer an appeal; granting it lifts the sanction. Raises PermissionDenied, and IllegalTransition when it was answered."""
    found = SanctionAppeal.objects.select_for_update().select_related("sanction__user").get(pk=found.pk)
    if not can_decide_sanction_appeal(by, found):
        raise PermissionDenied
    to = State.GRANTED if grant else State.UPHELD
    transition(found, to, answer=answer, decided_by=by, decided_at=timezone.now())
    if grant and Sanction.objects.in_force().filter(pk=found.sanction_id).exists():
        Lift.objects.create(sanction=found.sanction, by=by, reason=answer)
    _tell(found.sanction.user, "Your appeal was answered.", found.sanction)
    return found


def _tell(member: User, sentence: str, sanction: Sanction) -> None:
    notify(member, "sanction", sentence, reverse("accounts:conduct"), sanction.pk)
