"""Tell moderators and administrators about changes that weaken triage. The messages don't say what changes."""

from django.urls import reverse

from accounts.models import Credential, Sanction, User
from accounts.notifications.inbox import Announcement, notify_each
from forum.models import TriageProposal
from forum.notifications.kinds import STAFF


def tell_triage_proposed(proposal: TriageProposal) -> None:
    _tell(
        proposal,
        "Someone proposed a change that would weaken triage. A second person has to decide.",
        besides=proposal.by,
    )


def tell_triage_decided(proposal: TriageProposal) -> None:
    accepted = proposal.state == TriageProposal.State.ACCEPTED
    words = "A change that weakens triage is now in force." if accepted else "A proposed change to triage was rejected."
    _tell(proposal, words, besides=proposal.decided_by)


def _tell(proposal: TriageProposal, words: str, *, besides: User | None) -> None:
    """Notify all who may edit triage, except the person who has just acted."""
    moderators = set(Credential.objects.of_moderators().values_list("user", flat=True))
    administrators = User.objects.filter(is_superuser=True).exclude(pk__in=Sanction.objects.suspending().values("user"))
    people = (moderators | set(administrators.values_list("pk", flat=True))) - {besides and besides.pk}
    url = reverse("admin:forum_triageproposal_change", args=[proposal.pk])
    notify_each([Announcement(STAFF.key, words, sorted(people))], url, proposal.pk)
