"""The personal data of one user, as sections of rows for the export. Other people appear by role only."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.db.models import F, Q

from accounts.models import (
    CredentialEvent,
    Evidence,
    Lift,
    NameChange,
    OutboxEmail,
    RoleChange,
    Sanction,
    SanctionAppeal,
    SiteSettings,
    User,
)

Rows = list[Mapping[str, Any]]
Sections = dict[str, Rows]


def sections(user: User) -> Sections:
    """Return this app's data about one user, without other people's rows."""
    return {
        "Account": _account(user),
        "E-mail addresses": _rows(EmailAddress.objects.filter(user=user), "email verified primary"),
        "Names you have had": _rows(user.names.order_by("taken_at"), "key taken_at"),
        "Names you chose, and decisions on them": _rows(
            user.name_changes.order_by("pk"), "name old_name state chosen_at decided_at reason note concerns"
        ),
        "House rules you accepted": _rows(user.rules_acceptances.all(), "number accepted_at"),
        "Second factors": _rows(Authenticator.objects.filter(user=user), "type created_at last_used_at"),
        "Sessions": _rows(user.sessions.all(), "device started_at expire_date"),
        "Muted and blocked members": _rows(user.blocks.order_by("created_at"), "kind created_at"),
        "Preferences": _rows(user.preferences.all(), "kind delivery"),
        "Notifications": _rows(user.notifications.all(), "kind sentence url created_at read_at mailed_at"),
        "Emails on their way to you": _rows(_emails(user), "to subject body created_at"),
        "Applications for the badge": _applications(user),
        "Steps of your applications": _steps(user),
        "Files you uploaded": _rows(
            Evidence.objects.filter(credential__user=user), "pk credential_id content_type uploaded_at"
        ),
        "Decisions about your account": _sanctions(user),
        "Roles you were given, and why": _rows(user.role_changes.all(), "role given reason at"),
        "Copies of your data": _rows(user.exports.all(), "state asked_at expires_at"),
        "What you did as staff": _as_staff(user),
    }


def files(user: User) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each stored file that the user uploaded."""
    for evidence in Evidence.objects.filter(credential__user=user):
        name = str(evidence.file.name)
        if evidence.file.storage.exists(name):
            with evidence.file.open() as file:
                yield f"files/{evidence.pk}{Path(name).suffix}", file.read()


def _rows(query: Any, fields: str) -> Rows:
    return list(query.values(*fields.split()))


def _account(user: User) -> Rows:
    fields = """email display_name named_at date_joined last_login state deletion_requested_at posts_choice country time_zone
        adult_confirmed_at rules_accepted rules_accepted_at profile_public posts_on_profile quiet_from quiet_until
        mail_help_numbers is_active is_staff is_superuser"""
    roles = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
    rights = ", ".join(user.user_permissions.order_by("codename").values_list("codename", flat=True))
    return [{name: getattr(user, name) for name in fields.split()} | {"roles": roles, "rights": rights}]


def _emails(user: User) -> Any:
    theirs = Q(recipient=user) | Q(to__iexact=user.email)
    return OutboxEmail.objects.filter(theirs | Q(to__in=EmailAddress.objects.filter(user=user).values("email")))


def _applications(user: User) -> Rows:
    fields = """pk state profession legal_name license_number jurisdiction npi registry_url public_name name_public submitted_at
        approved_at expires_at reminded_days"""
    return _rows(user.credentials.all(), fields)


def _steps(user: User) -> Rows:
    events = CredentialEvent.objects.filter(credential__user=user)
    return [
        {
            "application": e.credential_id,
            "at": e.at,
            "what": e.get_action_display(),
            "by": "you" if e.by_id == user.pk else "staff",
            "why": e.reason,
        }
        for e in events
    ]


def _sanctions(user: User) -> Rows:
    found = Sanction.objects.filter(user=user).select_related("lift", "appeal")
    return [_sanction(s) for s in found]


def _sanction(sanction: Sanction) -> dict[str, Any]:
    fields = ["kind", "posts_per_day", "reason", "message", "starts_at", "ends_at"]
    row = {name: getattr(sanction, name) for name in fields}
    if lift := getattr(sanction, "lift", None):
        row |= {"lifted_at": lift.at, "lifted_because": lift.reason}
    if appeal := getattr(sanction, "appeal", None):
        row |= {"appeal": appeal.text, "appealed_at": appeal.made_at, "appeal_state": appeal.state}
        row |= {"appeal_answer": appeal.answer, "appeal_answered_at": appeal.decided_at}
    return row


def _as_staff(user: User) -> Rows:
    """Return what the user did as staff, and when. The subject and text are in the exports of the people concerned."""
    querysets = [
        CredentialEvent.objects.filter(by=user).exclude(credential__user=user).values("action", when=F("at")),
        Sanction.objects.filter(by=user).values("kind", when=F("starts_at")),
        Lift.objects.filter(by=user).values(when=F("at")),
        SanctionAppeal.objects.filter(decided_by=user).values("state", when=F("decided_at")),
        SiteSettings.objects.filter(by=user).values("reason", when=F("at")),
        RoleChange.objects.filter(by=user).values("role", "given", when=F("at")),
        NameChange.objects.filter(decided_by=user).values("state", when=F("decided_at")),
        LogEntry.objects.filter(user=user).values("action_flag", "content_type__model", when=F("action_time")),
    ]
    return [{"table": rows.model._meta.verbose_name, **row} for rows in querysets for row in rows]
