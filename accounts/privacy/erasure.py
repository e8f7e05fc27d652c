"""Erasing a person: every trace goes out of every table and folder. That something was written or decided stays."""

import json
import re

import pgtrigger
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import (
    Credential,
    CredentialEvent,
    Evidence,
    Lift,
    NameClaim,
    OutboxEmail,
    Sanction,
    SanctionAppeal,
    Session,
    User,
)
from core.transitions import IllegalTransition, can_become, transition

GONE = "(erased)"
PRIVATE = ["legal_name", "licence_number", "jurisdiction", "npi", "registry_url", "public_name"]
PEOPLE_APPS = ["accounts", "account", "mfa"]  # whose entries in the admin's log may name somebody
# The only place that may change rows which the database otherwise keeps as they are: words about a person go with the person.
FINAL = ["accounts.CredentialEvent:append_only", "accounts.Sanction:append_only", "accounts.Lift:append_only"]


def erase(user: User) -> None:
    """Take every trace of the person away; settings.ERASERS names what other apps do first, each a function of the user.

    The caller holds the row's lock and the transaction. A file goes at once, as a row without its file does less harm
    than a file without its row. Raises IllegalTransition for an account whose owner didn't ask for it.
    """
    if not can_become(user, User.State.ERASED):
        raise IllegalTransition("Only accounts whose owner asked for it are erased.")
    for path in settings.ERASERS:
        import_string(path)(user)
    addresses = _addresses(user)
    _scrub_admin_log(user, addresses)
    _delete_letters(user, addresses)
    _delete_sessions(user, addresses)
    _delete_what_is_theirs_alone(user)
    _forget_credentials(user)
    _forget_words_about(user)
    _seal_names(user)
    _make_nobody(user)


def _addresses(user: User) -> set[str]:
    """Every address of theirs, one that was never confirmed too."""
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}


def _scrub_admin_log(user: User, addresses: set[str]) -> None:
    """That staff did something stays in the admin's log; to whom goes."""
    traces = addresses | {user.display_name}
    for row in Credential.objects.filter(user=user).values_list(*PRIVATE):
        traces |= {value for value in row if value}
    words = rf"\y({'|'.join(map(re.escape, traces))})\y"  # whole words: to erase Ann leaves Hannah's entries alone
    names_them = Q(object_repr__iregex=words) | Q(change_message__iregex=words)
    about = Q(content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk))
    entries = LogEntry.objects.filter(about | Q(names_them, content_type__app_label__in=PEOPLE_APPS))
    entries.update(object_repr=GONE, change_message="")


def _delete_letters(user: User, addresses: set[str]) -> None:
    for address in addresses:
        OutboxEmail.objects.filter(to__iexact=address).delete()
    OutboxEmail.objects.filter(recipient=user).delete()


def _delete_sessions(user: User, addresses: set[str]) -> None:
    """Theirs, and those of somebody on the way in, which have no owner yet but hold the address that was typed."""
    user.sessions.all().delete()
    for session in Session.objects.filter(user=None).iterator():
        held = json.dumps(session.get_decoded()).casefold()
        if any(address.casefold() in held for address in addresses):
            session.delete()


def _delete_what_is_theirs_alone(user: User) -> None:
    for export in user.exports.all():
        export.file.delete(save=False)
    for rows in (user.exports, user.notifications, user.preferences, user.blocks, user.blocked_by):
        rows.all().delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()


def _forget_credentials(user: User) -> None:
    """That a profession was verified, and when, stays with what was written under it; who it was goes."""
    Credential.objects.filter(user=user).update(**dict.fromkeys(PRIVATE, ""), name_public=False)
    Credential.objects.in_force().filter(user=user).update(expires_at=timezone.now())
    Credential.objects.open().filter(user=user).update(state=Credential.State.WITHDRAWN)
    for evidence in Evidence.objects.filter(credential__user=user):
        evidence.file.delete(save=False)
        evidence.delete()


def _forget_words_about(user: User) -> None:
    with pgtrigger.ignore(*FINAL):
        CredentialEvent.objects.filter(credential__user=user).exclude(reason="").update(reason=GONE)
        Sanction.objects.filter(user=user).update(reason=GONE, message=GONE)
        Lift.objects.filter(sanction__user=user).update(reason=GONE)
    SanctionAppeal.objects.filter(sanction__user=user).update(text=GONE, answer=GONE)


def _seal_names(user: User) -> None:
    """Nobody may take these names again, and nobody can read which they were."""
    for claim in user.names.all():
        NameClaim.objects.filter(pk=claim.pk).update(key=NameClaim.sealed(claim.key), user=None)


def _make_nobody(user: User) -> None:
    """The row that others' rows rest on: no name, no address, no rights, and of its dates the month of joining."""
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    joined = user.date_joined.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    nobody = {
        "password": user.password,
        "email": f"erased-{user.pk}@invalid",
        "display_name": f"former member {user.pk}",
        "country": "",
        "time_zone": "UTC",
        "rules_accepted": 0,
        **dict.fromkeys(["date_joined", "named_at"], joined),
        **dict.fromkeys(["is_active", "is_staff", "is_superuser", "profile_public", "posts_on_profile"], False),
        **dict.fromkeys(["last_login", "leaving_since", "adult_confirmed_at", "rules_accepted_at"]),
        **dict.fromkeys(["quiet_from", "quiet_until"]),
    }
    transition(user, User.State.ERASED, **nobody)
