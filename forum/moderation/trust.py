"""Trust: let a member's posts be published before review, or end that. Rows are never deleted."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from forum.models import Trust
from forum.permissions import can_trust_member


@transaction.atomic
def give_trust(member: User, *, by: User, reason: str) -> Trust:
    """Trust a member, in categories that allow it. Idempotent. Raise PermissionDenied."""
    member = _member_for_update(member, by)
    return member.trusts.in_force().first() or Trust.objects.create(user=member, by=by, reason=reason)


@transaction.atomic
def end_trust(member: User, *, by: User) -> None:
    """End a member's trust. The lock ensures that a post sent at the same time is held for review. Raise PermissionDenied."""
    _member_for_update(member, by).trusts.in_force().update(ended_at=timezone.now(), ended_by=by)


def _member_for_update(member: User, by: User) -> User:
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    if not can_trust_member(by, member):
        raise PermissionDenied
    return member
