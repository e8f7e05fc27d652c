"""Mute and block members. They are not notified."""

from django.core.exceptions import PermissionDenied

from accounts.models import Block, User
from accounts.permissions import can_block


def block_member(owner: User, other: User, kind: str) -> Block:
    """Mute or block another member; a second call changes the kind. Raises PermissionDenied."""
    if not can_block(owner, other):
        raise PermissionDenied
    return Block.objects.update_or_create(owner=owner, other=other, defaults={"kind": kind})[0]


def remove_block(owner: User, other_id: int) -> None:
    Block.objects.filter(owner=owner, other=other_id).delete()
