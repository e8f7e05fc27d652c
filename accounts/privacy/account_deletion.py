"""Account deletion: requested, revocable for two weeks, then erased."""

import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.models.users import DELETION_GRACE_PERIOD, UserQuerySet
from accounts.notifications.inbox import notify
from accounts.privacy.erasure import erase
from core import page_cache
from core.hooks import call_hooks
from core.transitions import transition

log = logging.getLogger("accounts.leaving")
State = User.State


@transaction.atomic
def request_deletion(user: User, *, posts_choice: str) -> None:
    """Start the grace period and notify the user by mail too, in case someone else made the request.

    Raise ValidationError for the last administrator, who still has to run the site, and IllegalTransition.
    """
    user, is_last = _locked(user.pk)
    if is_last:
        raise ValidationError("You’re the only administrator. Make someone else an administrator first.")
    transition(user, State.LEAVING, deletion_requested_at=timezone.now(), posts_choice=posts_choice)
    call_hooks(settings.DELETION_REQUESTED_HOOKS, user)
    page_cache.clear_on_commit()  # a leaving member’s experience is not shown
    date = timezone.localtime(user.deletion_date, ZoneInfo(user.time_zone))
    sentence = f"You asked us to delete your account. We’ll delete it on {date:%d %B %Y} unless you cancel."
    notify(user, "account", sentence, reverse("accounts:delete-account"))


@transaction.atomic
def cancel_deletion(user: User) -> None:
    """Cancel the deletion within the grace period. Raises IllegalTransition."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    transition(user, State.ACTIVE, deletion_requested_at=None, posts_choice="")
    call_hooks(settings.DELETION_CANCELED_HOOKS, user)


def erase_due_accounts() -> int:
    """Erase accounts past their grace period and return how many. A failure does not stop the others."""
    return sum(_erase_one(pk) for pk in list(_due().values_list("pk", flat=True)))


def _due() -> UserQuerySet:
    over = timezone.now() - DELETION_GRACE_PERIOD
    return User.objects.present().filter(state=State.LEAVING, deletion_requested_at__lte=over).order_by("pk")


def _erase_one(pk: int) -> bool:
    try:
        with transaction.atomic():
            user, is_last = _locked(pk)
            if is_last or not _due().filter(pk=pk).exists():  # may have changed since the list was made
                return False
            erase(user)
    except Exception as error:
        log.error(
            "account %s could not be erased: %s", pk, type(error).__name__
        )  # the message may contain personal data
        return False
    return True


@transaction.atomic
def replay_erasure(number: int, *, posts_choice: str) -> bool:
    """Erase again an account that came back with a restored backup. Return whether it had."""
    user = User.objects.select_for_update().filter(pk=number).exclude(state=State.ERASED).first()
    if user is None:
        return False
    if user.state == State.ACTIVE:
        transition(user, State.LEAVING, deletion_requested_at=timezone.now())
    user.posts_choice = posts_choice
    user.save(update_fields=["posts_choice"])
    erase(user)
    return True


def _locked(pk: int) -> tuple[User, bool]:
    """Lock the user and return them with whether they are the last administrator not leaving.

    Lock all administrators in the order of their ids, so that two who leave at the same time can't both succeed. Not the
    keys: a moderator who holds a thread of the user can still write to their inbox while erasure waits for the thread.
    """
    rows = (
        User.objects.select_for_update(no_key=True)
        .filter(Q(pk=pk) | Q(is_superuser=True, is_active=True))
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    user = found.pop(pk)
    return user, user.is_superuser and not any(other.state == State.ACTIVE for other in found.values())
