"""Keeping away from somebody. The other is never told."""

from django.core.exceptions import PermissionDenied

from accounts.models import Barrier, User
from accounts.permissions import can_bar


def raise_barrier(owner: User, other: User, kind: str) -> Barrier:
    """Mute or block another member; a second call changes the kind. Raises PermissionDenied against oneself."""
    if not can_bar(owner, other):
        raise PermissionDenied
    return Barrier.objects.update_or_create(owner=owner, other=other, defaults={"kind": kind})[0]


def take_down(owner: User, other_id: int) -> None:
    Barrier.objects.filter(owner=owner, other=other_id).delete()
