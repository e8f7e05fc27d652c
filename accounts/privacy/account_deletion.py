"""Leaving the site: asked for, thought over for two weeks, then erased for good."""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.models.users import DELETION_GRACE_PERIOD, UserQuerySet
from accounts.notifications.inbox import notify
from accounts.privacy.erasure import erase
from core.transitions import transition

log = logging.getLogger("accounts.leaving")
State = User.State


@transaction.atomic
def ask_to_leave(user: User, *, parting: str) -> None:
    """Begin the two weeks. Nothing under review holds it up. They are told by mail too, in case it was somebody else.

    Raises ValidationError for the last administrator, without whom nobody could run the site, and IllegalTransition.
    """
    user, is_last = _locked(user.pk)
    if is_last:
        raise ValidationError("You are the only administrator who stays. Make somebody else one first.")
    transition(user, State.LEAVING, leaving_since=timezone.now(), parting=parting)
    sentence = (
        f"You asked us to delete your account. On {user.leaves_on:%d %B %Y} we will, unless you change your mind."
    )
    notify(user, "account", sentence, reverse("accounts:delete-account"))


@transaction.atomic
def stay(user: User) -> None:
    """Cancel the deletion within the two weeks. Raises IllegalTransition."""
    user = User.objects.select_for_update().get(pk=user.pk)
    transition(user, State.ACTIVE, leaving_since=None, parting="")


def erase_due_accounts() -> int:
    """Erase everybody whose two weeks are over; returns how many. One who cannot be erased holds up nobody else."""
    return sum(_erase_one(pk) for pk in list(_due().values_list("pk", flat=True)))


def _due() -> UserQuerySet:
    over = timezone.now() - DELETION_GRACE_PERIOD
    return User.objects.present().filter(state=State.LEAVING, leaving_since__lte=over).order_by("pk")


def _erase_one(pk: int) -> bool:
    try:
        with transaction.atomic():
            user, is_last = _locked(pk)
            if is_last or not _due().filter(pk=pk).exists():  # what was true when the list was made may not be now
                return False
            erase(user)
    except Exception as error:
        log.error("account %s could not be erased: %s", pk, type(error).__name__)  # the text may hold what must go
        return False
    return True


def _locked(pk: int) -> tuple[User, bool]:
    """The person, and whether they are the last administrator who stays. All administrators are locked, always in one
    order: of two who leave at once, the second is the last."""
    rows = User.objects.select_for_update().filter(Q(pk=pk) | Q(is_superuser=True, is_active=True)).order_by("pk")
    found = {row.pk: row for row in rows}
    user = found.pop(pk)
    return user, user.is_superuser and not any(other.state == State.ACTIVE for other in found.values())
