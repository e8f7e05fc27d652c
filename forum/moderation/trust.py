"""Trust is given by a moderator, by hand and with a reason, and taken back the same way. The rows stay."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Trust
from forum.permissions import can_trust_member


@transaction.atomic
def give_trust(member: User, *, by: User, reason: str) -> Trust:
    """From now on the member's posts may appear before they are read, where that is allowed. Twice is once."""
    member = _locked(member, by)
    return member.trusts.in_force().first() or Trust.objects.create(user=member, by=by, reason=reason)


@transaction.atomic
def end_trust(member: User, *, by: User) -> None:
    """What the member sends after this waits again; what they send at this very moment waits for the lock."""
    _locked(member, by).trusts.in_force().update(ended_at=timezone.now(), ended_by=by)


def _locked(member: User, by: User) -> User:
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if not can_trust_member(by, member):
        raise PermissionDenied
    return member
