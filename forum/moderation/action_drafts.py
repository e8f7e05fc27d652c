"""Drafts of moderators: what they typed on a review item stays on the server until they send it."""

from datetime import timedelta
from typing import Any

from django.forms import Form
from django.utils import timezone

from accounts.models import User
from forum.models import ActionDraft, ReviewItem
from forum.text.markdown import MAX_CHARACTERS

KEPT_FOR = timedelta(days=7)


def save_draft(item: ReviewItem, action: str, form: Form, *, by: User) -> None:
    """Store the visible fields of a bound form. Delete the draft if nothing differs from the empty form."""
    row: dict[str, Any] = {"item": item, "by": by, "action": action}
    typed = {field.name: _storable(field.value()) for field in form.visible_fields()}
    if typed.keys() & set(form.changed_data):
        ActionDraft.objects.update_or_create(**row, defaults={"data": typed})
    else:
        ActionDraft.objects.filter(**row).delete()


def _storable(value: object) -> str:
    """Text that PostgreSQL accepts in JSON, not longer than any form takes."""
    return str(value or "").replace("\x00", "")[:MAX_CHARACTERS]


def drafts_on(item: ReviewItem, by: User) -> dict[str, dict[str, str]]:
    """What `by` has typed and not sent, by the action's name; the latest draft is last."""
    return dict(ActionDraft.objects.filter(item=item, by=by).values_list("action", "data"))


def discard_draft(item: ReviewItem, action: str, *, by: User) -> None:
    ActionDraft.objects.filter(item=item, by=by, action=action).delete()


def delete_old_drafts() -> int:
    """The worker's chore: delete drafts that were not changed for a week. Return how many."""
    return ActionDraft.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()[0]
