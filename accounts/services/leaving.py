"""Leaving the site: asked for, thought over for two weeks, then erased for good."""

import secrets
from datetime import timedelta

import pgtrigger
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import (
    Barrier,
    Credential,
    CredentialEvent,
    Evidence,
    Letter,
    Lift,
    NameClaim,
    Notification,
    Sanction,
    SanctionAppeal,
    User,
)

TO_THINK_OVER = timedelta(days=14)
GONE = "(erased)"
State = User.State
# The only place that may change rows which the database otherwise keeps as they are: words about a person go with the person.
FINAL = ["accounts.CredentialEvent:append_only", "accounts.Sanction:append_only", "accounts.Lift:append_only"]


@transaction.atomic
def ask_to_leave(user: User, *, parting: str) -> None:
    """Begin the two weeks. Nothing is hidden yet, and nothing under review holds it up.

    Raises ValidationError for the last administrator, without whom nobody could run the site.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    others = User.objects.present().filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise ValidationError("You are the only administrator. Make somebody else one first.")
    _move(user, State.LEAVING, leaving_since=timezone.now(), parting=parting)


@transaction.atomic
def stay(user: User) -> None:
    """Changed one's mind within the two weeks."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _move(user, State.ACTIVE, leaving_since=None, parting="")


def erase_the_departed() -> int:
    """Erase everybody whose two weeks are over; returns how many."""
    due = User.objects.filter(state=State.LEAVING, leaving_since__lte=timezone.now() - TO_THINK_OVER)
    return sum(_erase_one(pk) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _erase_one(pk: int) -> bool:
    user = User.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.LEAVING).first()
    if user is None:
        return False
    erase(user)
    return True


def erase(user: User) -> None:
    """Take every trace of the person out of every table and folder. What others need (that somebody wrote, that a decision
    was made) stays, and leads to nobody. The caller holds the row's lock and the transaction."""
    for path in settings.ERASERS:
        import_string(path)(user)
    _delete_what_is_theirs_alone(user)
    _forget_credentials(user)
    _forget_words_about(user)
    _seal_names(user)
    _make_nobody(user)


def _delete_what_is_theirs_alone(user: User) -> None:
    for export in user.exports.all():
        export.file.delete(save=False)
    user.exports.all().delete()
    Letter.objects.filter(to__iexact=user.email).delete()
    Notification.objects.of(user).delete()
    Letter.objects.filter(recipient=user).delete()
    for rows in (user.sessions.all(), user.preferences.all()):
        rows.delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Barrier.objects.filter(owner=user).delete()
    Barrier.objects.filter(other=user).delete()


def _forget_credentials(user: User) -> None:
    """That a profession was verified, and when, stays with what was written under it; who it was goes."""
    for evidence in Evidence.objects.filter(credential__user=user):
        evidence.file.delete(save=False)
        evidence.delete()
    private = dict.fromkeys(["legal_name", "licence_number", "jurisdiction", "npi", "registry_url", "public_name"], "")
    Credential.objects.filter(user=user).update(**private, name_public=False)
    Credential.objects.filter(user=user, state=Credential.State.APPROVED).update(expires_at=timezone.now())
    Credential.objects.open().filter(user=user).update(state=Credential.State.WITHDRAWN)


def _forget_words_about(user: User) -> None:
    with pgtrigger.ignore(*FINAL):
        CredentialEvent.objects.filter(credential__user=user).exclude(reason="").update(reason=GONE)
        Sanction.objects.filter(user=user).update(reason=GONE, message=GONE)
        Lift.objects.filter(sanction__user=user).update(reason=GONE)
    SanctionAppeal.objects.filter(sanction__user=user).update(text=GONE, answer=GONE)
    LogEntry.objects.filter(
        content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk)
    ).update(object_repr=GONE, change_message="")
    LogEntry.objects.filter(object_repr__icontains=user.display_name).update(object_repr=GONE, change_message="")


def _seal_names(user: User) -> None:
    """Nobody may take these names again, and nobody can read which they were."""
    for claim in user.names.all():
        NameClaim.objects.filter(pk=claim.pk).update(key=NameClaim.sealed(claim.key), user=None)


def _make_nobody(user: User) -> None:
    joined = user.date_joined.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    nobody = {
        "email": f"erased-{secrets.token_hex(8)}@invalid",
        "display_name": f"former member {secrets.token_hex(8)}",
        **dict.fromkeys(["is_active", "is_staff", "is_superuser", "profile_public", "posts_on_profile"], False),
        **dict.fromkeys(["last_login", "adult_confirmed_at", "rules_accepted_at", "quiet_from", "quiet_until"]),
        "country": "",
        "time_zone": "UTC",
        "date_joined": joined,
    }
    for name, value in nobody.items():
        setattr(user, name, value)
    _move(user, State.ERASED, password=user.password, **nobody)


def _move(user: User, to: str, **also: object) -> None:
    if to not in User.TRANSITIONS[State(user.state)]:
        raise ValidationError("This account is not in a state from which that can be done.")
    user.state = to
    for name, value in also.items():
        setattr(user, name, value)
    user.save(update_fields=["state", *also])
