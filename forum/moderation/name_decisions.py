"""Moderators' decisions on names that members chose."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import NameChange, User
from accounts.permissions import required_credential
from accounts.profiles import names
from forum.models import ReviewItem
from forum.moderation.text_decisions import Superseded, item_for_update
from forum.publishing.queue_items import close_name_item


@transaction.atomic
def approve_name(item: ReviewItem, *, by: User) -> None:
    """Show the name, or leave it if others see it already. Raise PermissionDenied and Superseded."""
    change = _change_for_update(item, by)
    names.approve_name(change, decided_by=by, credential=required_credential(by))
    close_name_item(change, by)


@transaction.atomic
def turn_down_name(item: ReviewItem, *, by: User, reason: str, note: str = "") -> None:
    """Refuse the name, or change it back if others see it already. Raise PermissionDenied and Superseded."""
    change = _change_for_update(item, by)
    names.turn_down_name(change, decided_by=by, credential=required_credential(by), reason=reason, note=note)
    close_name_item(change, by)


def _change_for_update(item: ReviewItem, by: User) -> NameChange:
    """Lock the member, the change and the item, and check that `by` may decide."""
    if item.name_change is None:
        raise PermissionDenied
    change = names.name_change_for_update(item.name_change)
    item = item_for_update(item, by)
    if not change.is_open or item.claimed_by_another(by):
        raise Superseded(f"The name is {change.get_state_display()}.")
    return change
