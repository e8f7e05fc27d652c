"""The roles and what each may do. docs/roles.md has the same rows, which a test compares; a migration creates the groups.

Members and clinicians need no group: a member has an account, a clinician a credential in force.
"""

from typing import NamedTuple

MODERATORS = "Moderators"
LEADS = "Lead moderators"
EDITORS = "Guide editors"
REVIEWERS = "Guide reviewers"
VERIFIERS = "Verifiers"

MODERATOR, LEAD, REVIEWER, ADMINISTRATOR = "moderator", "lead", "reviewer", "administrator"


class Role(NamedTuple):
    name: str
    comes_from: str
    group: str
    may: str
    second_factor: bool


ROLES = [
    Role("member", "an account with a confirmed e-mail address", "", "write, report, appeal, export, delete", False),
    Role(
        "clinician", "a verified credential in force", "", "show the badge; be appointed moderator or reviewer", False
    ),
    Role(MODERATOR, "clinician + appointed by staff", MODERATORS, "review posts and reports", True),
    Role(LEAD, "moderator + appointed by staff", LEADS, "plan the rota; close the forum to new posts", True),
    Role(
        *("editor", "appointed by staff", EDITORS),
        *("write the guide and send it for review; publish urgent changes, with a reason", True),
    ),
    Role(
        *(REVIEWER, "clinician + appointed by staff", REVIEWERS),
        *("approve, send back and sign guide texts written by others; restore earlier ones", True),
    ),
    Role("verifier", "appointed by staff", VERIFIERS, "verify clinicians; sanction members", True),
    Role(
        ADMINISTRATOR,
        "superuser",
        "",
        "everything in the admin, except verify themselves; take pages of the guide down",
        True,
    ),
]
APPOINTED = {role.name: role for role in ROLES if role.second_factor}  # by an administrator (accounts/appointments.py)
PERMISSIONS = {
    VERIFIERS: [
        "verify_credential",
        "view_credential",
        "impose_sanction",
        "view_sanction",
        "view_sanctionappeal",
        "view_user",
    ],
}
