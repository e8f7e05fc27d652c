"""Which moderators have an item open now, and which have looked at it without deciding."""

from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from forum.models import ItemView, ReviewItem

STILL_OPEN = timedelta(seconds=90)  # the page of an item sends a signal once a minute


def record_look(item: ReviewItem, *, by: User) -> None:
    """Record that `by` has the item open now."""
    ItemView.objects.bulk_create(
        [ItemView(item=item, by=by)],
        update_conflicts=True,
        unique_fields=["item", "by"],
        update_fields=["seen_at"],
    )


def looks_by_colleagues(items: list[ReviewItem], moderator: User) -> dict[int, list[ItemView]]:
    """The looks of other moderators at each item, by item key, the latest first. One query.

    Whoever has claimed an item is left out: its page and its row name them already.
    """
    claimants = {item.pk: item.claimed_by_id for item in items if item.claimed_by_another(moderator)}
    views = ItemView.objects.filter(item__in=items).exclude(by=moderator).select_related("by").order_by("-seen_at")
    found: dict[int, list[ItemView]] = defaultdict(list)
    for view in views:
        if view.by_id != claimants.get(view.item_id):
            found[view.item_id].append(view)
    return dict(found)


def is_looking(view: ItemView) -> bool:
    return view.seen_at > timezone.now() - STILL_OPEN
