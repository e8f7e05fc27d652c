"""Notifications about staff actions, to the member concerned and to every administrator."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import Group
from django.db.models import Q
from django.urls import reverse

from accounts.models import RoleChange, User
from accounts.notifications.inbox import Announcement, notify_each
from accounts.notifications.kinds import ACCOUNT, TO_VERIFY
from accounts.roles import VERIFIERS

RIGHTS = "the rights"
PASSWORD = "the password"  # noqa: S105
ADDRESS = "the e-mail address"


def tell_account_changed(member: User, *, what: str) -> None:
    """Tell the member and all administrators, also the one who did it: someone else may have their session."""
    _tell_members([member.pk], what)
    _tell_administrators(f"Someone changed {what} of an account in the admin.", member)


def tell_role_changed(change: RoleChange) -> None:
    """Tell the person, who can read the reason in “Decisions about my account”, and all administrators."""
    sentence = (
        f"You now have the role of {change.role}." if change.given else f"You no longer have the role of {change.role}."
    )
    _tell_all(sentence, [change.user_id], reverse("accounts:conduct"))
    _tell_administrators("Someone gave a role or took it away.", change.user)


def tell_group_changed(group: Group) -> None:
    """Tell the members of a group whose permissions changed, and all administrators."""
    _tell_members(list(User.objects.present().filter(groups=group).values_list("pk", flat=True)), RIGHTS)
    url = reverse("admin:auth_group_change", args=[group.pk])
    _tell_all("Someone changed the rights of a group in the admin.", _administrators(), url)


def tell_former_address(member: User, address: str) -> None:
    """Write to the address that the account had before."""
    get_adapter().send_mail("account/email/email_changed", address, {"user": member})


def tell_credential_decided(member: User) -> None:
    """Tell all administrators; `credentials.verification` tells the applicant."""
    _tell_administrators("A verifier decided on a badge.", member)


def tell_evidence_opened(member: User, *, url: str) -> None:
    _tell_all("A verifier opened the file that you sent with your application.", [member.pk], url)
    _tell_administrators("A verifier opened a file of a badge application.", member)


def tell_settings_changed() -> None:
    _tell_all(
        "Someone changed the site’s settings.", _administrators(), reverse("admin:accounts_sitesettings_changelist")
    )


def tell_verifiers(sentence: str, url: str, *, except_for: list[int | None]) -> None:
    """Tell verifiers and administrators of something to decide, except those who may not decide it."""
    staff = User.objects.filter(Q(groups__name=VERIFIERS) | Q(is_superuser=True)).exclude(
        pk__in=filter(None, except_for)
    )
    recipients = list(staff.values_list("pk", flat=True).distinct())
    notify_each([Announcement(TO_VERIFY.key, sentence, recipients)], url, None)


def _tell_administrators(sentence: str, member: User) -> None:
    """The sentence names no one; the linked page does."""
    url = reverse("admin:accounts_user_change", args=[member.pk])
    _tell_all(sentence, [pk for pk in _administrators() if pk != member.pk], url)


def _administrators() -> list[int]:
    found = User.objects.filter(is_superuser=True, is_active=True, state=User.State.ACTIVE)
    return list(found.values_list("pk", flat=True))


def _tell_members(members: list[int], what: str) -> None:
    _tell_all(f"An administrator changed {what} of your account.", members, reverse("accounts:home"))


def _tell_all(sentence: str, recipients: list[int], url: str) -> None:
    notify_each([Announcement(ACCOUNT.key, sentence, recipients)], url, None)
