"""Words that were not sent yet, kept for their author only."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from forum.models import Category, Draft, Post, Thread
from forum.text.markdown import MAX_CHARACTERS

MOST = 20  # drafts of one person
KEPT = {"title": 140, "body": MAX_CHARACTERS, "warning": 80, "anonymous": 2, "members_only": 2, "quoted": 20}

Place = Category | Thread | Post


@transaction.atomic
def save_draft(place: Place, typed: dict[str, str], *, by: User, key: UUID) -> Draft | None:
    """Keep what stands in the form, or None where that form was sent already or holds no word. Raises ValidationError."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    words = {name: typed.get(name, "")[:longest] for name, longest in KEPT.items()}
    if by.posts.filter(key=key).exists() or not (words["title"] + words["body"]).strip():
        return None
    others = by.drafts.exclude(key=key)
    if others.count() >= MOST:
        raise ValidationError(f"You have {MOST} drafts. Discard one of them first.")
    draft, _ = Draft.objects.update_or_create(author=by, key=key, defaults={"words": words, **place_of(place)})
    return draft


def place_of(place: Place) -> dict[str, Place | None]:
    """The one column of a draft that says where its words belong."""
    kind = type(place).__name__.lower()
    return {"category": None, "thread": None, "post": None, kind: place}
