"""Who hears of a text or a row on its way to readers: those who may review it, and then who wrote and sent it."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Delivery, User
from accounts.notifications.inbox import News, notify_each
from accounts.notifications.kinds import Kind
from accounts.roles import REVIEWERS
from guide.models import ArticleRevision, ReferenceChange

DESK = Kind(
    "guide",
    "A text of the guide waits for my review, or mine was decided (staff)",
    "a text that you look after",
    Delivery.SITE,
)
KINDS = [DESK]
Text = ArticleRevision | ReferenceChange


def tell_reviewers(text: Text, *, by: User) -> None:
    """After it was sent: everybody who may review it, but those whose own it is."""
    reviewers = User.objects.filter(groups__name=REVIEWERS, is_staff=True).exclude(pk__in=[by.pk, text.author_id])
    _tell(f"“{_name(text)}” waits for a review.", reviewers.values_list("pk", flat=True), text)


def tell_author(text: Text, what: str, *, by: User) -> None:
    """After a decision: who wrote it and who sent it. `what` ends the sentence that begins with its name."""
    sent = text.decisions.filter(action="submitted", by__isnull=False).values_list("by", flat=True)
    people = {text.author_id, *sent} - {None, by.pk}
    _tell(f"“{_name(text)}” {what}", people, text)


def _name(text: Text) -> str:
    return text.title if isinstance(text, ArticleRevision) else text.label


def _tell(sentence: str, people: Iterable[int | None], text: Text) -> None:
    page = "guide_revision_review" if isinstance(text, ArticleRevision) else "guide_change_review"
    named = [pk for pk in people if pk]
    notify_each([News(DESK.key, sentence, named)], reverse(f"admin:{page}", args=[text.pk]), text.pk)
