"""Erase a person: remove their data from every table and folder, but keep that posts and decisions were made."""

import json
import re

import pgtrigger
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils import timezone

from accounts.models import (
    Credential,
    CredentialEvent,
    Evidence,
    Lift,
    NameChange,
    NameClaim,
    OutboxEmail,
    RoleChange,
    Sanction,
    SanctionAppeal,
    Session,
    User,
)
from core import page_cache
from core.hooks import call_hooks
from core.transitions import IllegalTransition, can_become, transition

ERASED_TEXT = "(erased)"
PRIVATE = ["legal_name", "license_number", "jurisdiction", "npi", "registry_url", "public_name"]
PEOPLE_APPS = ["accounts", "account", "mfa"]  # apps whose entries in the admin log may name a person
# Only erasure may change these append-only rows: texts about a person are removed with the person.
APPEND_ONLY_TRIGGERS = [
    "accounts.CredentialEvent:append_only",
    "accounts.Sanction:append_only",
    "accounts.Lift:append_only",
    "accounts.RoleChange:append_only",
]


def erase(user: User) -> None:
    """Erase all personal data of the user, starting with the erasers of other apps (settings.ERASERS).

    The caller holds the row's lock and the transaction. Files are deleted at once, before the commit: a row without its
    file does less harm than a file without its row. Raises IllegalTransition if the owner did not request deletion.
    """
    if not can_become(user, User.State.ERASED):
        raise IllegalTransition("Only accounts whose owner requested deletion can be erased.")
    call_hooks(settings.ERASERS, user)
    addresses = _addresses(user)
    _scrub_admin_log(user, addresses)
    _delete_emails(user, addresses)
    _delete_sessions(user, addresses)
    _delete_personal_rows(user)
    _anonymize_credentials(user)
    _redact_texts_about(user)
    _hash_names(user)
    _anonymize(user)


def _addresses(user: User) -> set[str]:
    """Return all addresses of the user, unconfirmed ones included."""
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}


def _scrub_admin_log(user: User, addresses: set[str]) -> None:
    """Keep entries of the admin log, but remove who they were about."""
    traces = addresses | {user.display_name}
    for row in Credential.objects.filter(user=user).values_list(*PRIVATE):
        traces |= {value for value in row if value}
    pattern = rf"\y({'|'.join(map(re.escape, traces))})\y"  # whole words: erasing Ann must not match Hannah
    names_them = Q(object_repr__iregex=pattern) | Q(change_message__iregex=pattern)
    about = Q(content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk))
    elsewhere = Q(object_repr__regex=pattern) | Q(change_message__regex=pattern)  # as written: a name may be a word
    entries = LogEntry.objects.filter(about | elsewhere | Q(names_them, content_type__app_label__in=PEOPLE_APPS))
    entries.update(object_repr=ERASED_TEXT, change_message="")


def _delete_emails(user: User, addresses: set[str]) -> None:
    for address in addresses:
        OutboxEmail.objects.filter(to__iexact=address).delete()
    OutboxEmail.objects.filter(recipient=user).delete()


def _delete_sessions(user: User, addresses: set[str]) -> None:
    """Delete the user's sessions, and anonymous ones that contain one of their addresses, such as from a started login."""
    user.sessions.all().delete()
    for session in Session.objects.filter(user=None).iterator():
        content = json.dumps(session.get_decoded()).casefold()
        if any(address.casefold() in content for address in addresses):
            session.delete()


def _delete_personal_rows(user: User) -> None:
    for export in user.exports.all():
        export.file.delete(save=False)
    own = (user.exports, user.notifications, user.preferences, user.rules_acceptances, user.blocks, user.blocked_by)
    for rows in own:
        rows.all().delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()


def _anonymize_credentials(user: User) -> None:
    """Remove who was verified. The profession and dates stay with the posts written under the credential."""
    Credential.objects.filter(user=user).update(**dict.fromkeys(PRIVATE, ""), name_public=False)
    Credential.objects.in_force().filter(user=user).update(expires_at=timezone.now())
    Credential.objects.open().filter(user=user).update(state=Credential.State.WITHDRAWN)
    for evidence in Evidence.objects.filter(credential__user=user):
        evidence.file.delete(save=False)
        evidence.delete()


def _redact_texts_about(user: User) -> None:
    with pgtrigger.ignore(*APPEND_ONLY_TRIGGERS):
        CredentialEvent.objects.filter(credential__user=user).exclude(reason="").update(reason=ERASED_TEXT)
        Sanction.objects.filter(user=user).update(reason=ERASED_TEXT, message=ERASED_TEXT)
        Lift.objects.filter(sanction__user=user).update(reason=ERASED_TEXT)
        RoleChange.objects.filter(user=user).update(reason=ERASED_TEXT)
    SanctionAppeal.objects.filter(sanction__user=user).update(text=ERASED_TEXT, answer=ERASED_TEXT)


def _hash_names(user: User) -> None:
    """Replace the user's names with hashes, and clear what they chose: no one can take or read them."""
    for change in user.name_changes.open():
        transition(change, NameChange.State.REPLACED)
    user.name_changes.update(name="", old_name="", note="")
    for claim in user.names.all():
        NameClaim.objects.filter(pk=claim.pk).update(key=NameClaim.hashed(claim.key), user=None)


def _anonymize(user: User) -> None:
    """Clear the user row, which other rows refer to, except for the month of joining."""
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    joined = user.date_joined.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    anonymous_fields = {
        "password": user.password,
        "email": f"erased-{user.pk}@invalid",
        "display_name": f"former member {user.pk}",
        "country": "",
        "time_zone": "UTC",
        "rules_accepted": 0,
        **dict.fromkeys(["date_joined", "named_at"], joined),
        **dict.fromkeys(["is_active", "is_staff", "is_superuser", "profile_public", "posts_on_profile"], False),
        **dict.fromkeys(["last_login", "deletion_requested_at", "adult_confirmed_at", "rules_accepted_at"]),
        "mail_help_numbers": True,
        **dict.fromkeys(["quiet_from", "quiet_until"]),
    }
    transition(user, User.State.ERASED, **anonymous_fields)
    page_cache.clear_on_commit()  # cached pages have the name
