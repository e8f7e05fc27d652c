"""Drafts: form data that only its author can see."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from forum.models import Category, Draft, Post, Thread
from forum.text.markdown import MAX_CHARACTERS
from forum.text.unicode_sanitizer import strip_invalid_characters

MAX_DRAFTS = 20  # per member
FIELD_LENGTHS = {"title": 140, "body": MAX_CHARACTERS, "warning": 80, "anonymous": 2, "members_only": 2, "quoted": 20}

Target = Category | Thread | Post


@transaction.atomic
def save_draft(target: Target, typed: dict[str, str], *, by: User, key: UUID) -> Draft | None:
    """Save the form; return None if it was already sent or has no text. Raise ValidationError at the limit."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    form_data = {name: _storable(typed.get(name, ""))[:maximum] for name, maximum in FIELD_LENGTHS.items()}
    if by.posts.filter(key=key).exists() or not (form_data["title"] + form_data["body"]).strip():
        return None
    if by.drafts.exclude(key=key).count() >= MAX_DRAFTS:
        raise ValidationError(f"You have {MAX_DRAFTS} drafts. Discard one of them first.")
    draft, _ = Draft.objects.update_or_create(
        author=by, key=key, defaults={"form_data": form_data, **target_columns(target)}
    )
    return draft


def _storable(text: str) -> str:
    """Return the text as the form will read it. PostgreSQL refuses null characters."""
    return strip_invalid_characters(text.replace("\r\n", "\n"))


def form_data_of(drafts: QuerySet[Draft], pk: int | None) -> dict[str, Any]:
    """Return the saved form of one of these drafts, or an empty one if it isn't among them."""
    found = drafts.filter(pk=pk).first() if pk is not None else None
    return {**found.form_data, "key": found.key} if found else {}


def key_of(typed: Mapping[str, str]) -> UUID:
    """Return the form's key, or a new one if it has none."""
    try:
        return UUID(typed.get("key", ""))
    except ValueError:
        return uuid4()


def target_columns(target: Target) -> dict[str, Target | None]:
    """Return the column values that point a draft at its category, thread or post."""
    kind = type(target).__name__.lower()
    return {"category": None, "thread": None, "post": None, kind: target}
