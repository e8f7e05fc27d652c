"""What waits for verifiers and administrators: applications, answers and appeals against sanctions."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import Credential, CredentialEvent, Sanction, SanctionAppeal, User
from accounts.permissions import can_verify


class StaffTask(NamedTuple):
    """A count with the page where the work is done."""

    number: int
    text: str
    url: str


def staff_tasks(user: User) -> list[StaffTask]:
    """Return the counts of what this user may decide; empty for others than verifiers and administrators."""
    if not can_verify(user):
        return []
    waiting = Credential.objects.filter(state=Credential.State.SUBMITTED).exclude(user=user)
    answered = Exists(CredentialEvent.objects.filter(credential=OuterRef("pk"), action=CredentialEvent.Action.ANSWERED))
    appeals = SanctionAppeal.objects.waiting().exclude(sanction__by=user).exclude(sanction__user=user)
    applications = f"{reverse('admin:accounts_credential_changelist')}?state__exact={Credential.State.SUBMITTED}"
    sanctions = reverse("admin:accounts_sanction_changelist")
    return [
        StaffTask(waiting.exclude(answered).count(), "New applications for the badge", applications),
        StaffTask(waiting.filter(answered).count(), "Applications whose applicant answered", applications),
        StaffTask(appeals.count(), "Appeals against sanctions", reverse("admin:accounts_sanctionappeal_changelist")),
        StaffTask(Sanction.objects.restricting().count(), "Limits, suspensions and closures in force", sanctions),
    ]
