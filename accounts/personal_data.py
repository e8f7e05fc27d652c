"""What we hold about one person, as sections of rows, for the copy that they can ask for. Other people appear by role only."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from accounts.models import Barrier, CredentialEvent, Notification, Sanction, User

Rows = list[dict[str, Any]]
Sections = dict[str, Rows]

# Models that point at a person and are not in the copy, each with the reason. A test knows of no others.
LEFT_OUT = {
    "admin.LogEntry": "says what staff did in the admin; the rows that were changed are in the copy themselves",
    "accounts.Letter": "mails that are on their way; deleted within minutes",
    "accounts.User_groups": "in the section on the account, as roles",
    "accounts.User_user_permissions": "in the section on the account, as roles",
}


def sections(user: User) -> Sections:
    """Everything of this app about one person, and nobody else's rows."""
    return {
        "Account": _account(user),
        "E-mail addresses": _rows(EmailAddress.objects.filter(user=user), ["email", "verified", "primary"]),
        "Names you have had": _rows(user.names.order_by("taken_at"), ["key", "taken_at"]),
        "Second factors": _rows(Authenticator.objects.filter(user=user), ["type", "created_at", "last_used_at"]),
        "Sessions": _rows(user.sessions.all(), ["device", "started_at", "expire_date"]),
        "Members you keep away from": _rows(
            Barrier.objects.filter(owner=user), ["other__display_name", "kind", "created_at"]
        ),
        "Preferences": _rows(user.preferences.all(), ["kind", "delivery"]),
        "Notifications": _rows(
            Notification.objects.of(user), ["kind", "sentence", "created_at", "read_at", "mailed_at"]
        ),
        "Applications for the badge": _applications(user),
        "Steps of your applications": _steps(user),
        "Decisions about your account": _sanctions(user),
        "Copies of your data": _rows(user.exports.all(), ["state", "asked_at", "expires_at"]),
    }


def _rows(query: Any, fields: list[str]) -> Rows:
    return list(query.values(*fields))


def _account(user: User) -> Rows:
    fields = ["email", "display_name", "named_at", "date_joined", "last_login", "state", "leaving_since", "country", "time_zone",
              "adult_confirmed_at", "rules_accepted", "rules_accepted_at", "profile_public", "posts_on_profile",
              "quiet_from", "quiet_until", "is_staff"]  # fmt: skip
    found = {name: getattr(user, name) for name in fields}
    return [found | {"roles": ", ".join(user.groups.values_list("name", flat=True))}]


def _applications(user: User) -> Rows:
    fields = ["state", "profession", "legal_name", "licence_number", "jurisdiction", "npi", "registry_url", "public_name",
              "name_public", "submitted_at", "approved_at", "expires_at"]  # fmt: skip
    return _rows(user.credentials.all(), fields)


def _steps(user: User) -> Rows:
    events = CredentialEvent.objects.filter(credential__user=user)
    return [
        {"at": e.at, "what": e.get_action_display(), "by": "you" if e.by_id == user.pk else "staff", "why": e.reason}
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
        row |= {"appeal": appeal.text, "appeal_state": appeal.state, "appeal_answer": appeal.answer}
    return row
