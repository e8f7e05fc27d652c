"""Who may do what, in one table. docs/roles.md shows the same rows; a test compares the two, and a migration makes the groups.

*Member* and *clinician* need no group: the first is anybody with an account, the second a credential in force.
"""

from typing import NamedTuple

MODERATORS = "Moderators"
LEADS = "Lead moderators"
EDITORS = "Guide editors"
REVIEWERS = "Guide reviewers"
VERIFIERS = "Verifiers"


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
    Role("moderator", "clinician + appointed by staff", MODERATORS, "review posts and reports", True),
    Role("lead", "moderator + appointed by staff", LEADS, "plan the rota; close the forum to new posts", True),
    Role(
        *("editor", "appointed by staff", EDITORS),
        *("write the guide and send it for review; publish what must not wait, with a reason", True),
    ),
    Role(
        *("reviewer", "clinician + appointed by staff", REVIEWERS),
        *("approve, send back and sign texts of the guide that they did not write", True),
    ),
    Role("verifier", "appointed by staff", VERIFIERS, "verify clinicians; sanction members", True),
    Role("administrator", "superuser", "", "everything in the admin, but not verify themselves", True),
]
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
