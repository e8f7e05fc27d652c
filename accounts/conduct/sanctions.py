"""Imposing, lifting and appealing sanctions. Each function is one transaction."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lift, Sanction, SanctionAppeal, User
from accounts.notifications.inbox import notify
from accounts.notifications.staff_actions import tell_verifiers
from accounts.permissions import can_appeal_sanction, can_decide_sanction_appeal, can_sanction
from core import page_cache
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
    """Warn, limit, suspend or close an account until `ends_at`, or until the sanction is lifted. Raises PermissionDenied."""
    member = User.objects.select_for_update().get(pk=member.pk)
    if not can_sanction(by, member):
        raise PermissionDenied
    texts = {"reason": reason, "message": message}
    sanction = Sanction.objects.create(
        user=member, by=by, kind=kind, posts_per_day=posts_per_day, ends_at=ends_at, starts_at=timezone.now(), **texts
    )
    page_cache.clear_on_commit()  # a suspended member's experience is not shown
    _notify(member, "We’ve made a decision about your account. You can read it and appeal.", sanction)
    return sanction


@transaction.atomic
def lift(sanction: Sanction, *, by: User, reason: str) -> Lift:
    """End a sanction early. Raises PermissionDenied, and IllegalTransition if it has already ended."""
    sanction = Sanction.objects.select_for_update().select_related("user").get(pk=sanction.pk)
    if not can_sanction(by, sanction.user):
        raise PermissionDenied
    if not Sanction.objects.in_force().filter(pk=sanction.pk).exists():
        raise IllegalTransition("This has already ended.")
    ended = Lift.objects.create(sanction=sanction, by=by, reason=reason)
    _notify(sanction.user, "A decision about your account was reversed.", sanction)
    return ended


@transaction.atomic
def appeal(sanction: Sanction, *, by: User, text: str) -> SanctionAppeal:
    """File the member's one appeal against a sanction. Raises PermissionDenied, and IllegalTransition for a second appeal."""
    sanction = Sanction.objects.select_for_update().get(pk=sanction.pk)
    if not can_appeal_sanction(by, sanction):
        raise PermissionDenied
    if SanctionAppeal.objects.filter(sanction=sanction).exists():
        raise IllegalTransition("You’ve already appealed this.")
    url = reverse("admin:accounts_user_change", args=[sanction.user_id])
    tell_verifiers(
        "A member appealed a decision about their account.", url, except_for=[sanction.by_id, sanction.user_id]
    )
    return SanctionAppeal.objects.create(sanction=sanction, text=text)


@transaction.atomic
def decide_appeal(found: SanctionAppeal, *, by: User, grant: bool, answer: str) -> SanctionAppeal:
    """Answer an appeal; granting it lifts the sanction. Raises PermissionDenied, and IllegalTransition if already answered."""
    found = SanctionAppeal.objects.select_for_update().select_related("sanction__user").get(pk=found.pk)
    if not can_decide_sanction_appeal(by, found):
        raise PermissionDenied
    to = State.GRANTED if grant else State.UPHELD
    transition(found, to, answer=answer, decided_by=by, decided_at=timezone.now())
    if grant and Sanction.objects.in_force().filter(pk=found.sanction_id).exists():
        Lift.objects.create(sanction=found.sanction, by=by, reason=answer)
    _notify(found.sanction.user, "Your appeal was answered.", found.sanction)
    return found


def _notify(member: User, sentence: str, sanction: Sanction) -> None:
    notify(member, "sanction", sentence, reverse("accounts:conduct"), sanction.pk)
