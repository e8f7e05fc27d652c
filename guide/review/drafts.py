"""Drafts of articles and rows: saving without overwriting a colleague's text, and autosave."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from guide import permissions
from guide.models import Article, ArticleRevision, Autosave, Proposal
from guide.models.page_fields import PAGE_FIELDS
from guide.models.review import ARTICLE
from guide.review.constraints import validate_removal
from guide.review.exceptions import NothingChanged, StaleDraft
from guide.review.revisions import Draft, latest_proposal, propose, write_revision
from guide.review.snapshot import LISTED, Json, digest, find_subject, rebase, snapshot, without_outer_spaces

AUTOSAVED_TEXTS = [*(name for name in PAGE_FIELDS if name not in LISTED), "note", "public_note"]
EDITING_FOR = timedelta(minutes=15)  # after the last key
MAX_AUTOSAVE = 300_000  # characters in all fields; three times the limit of an article


@dataclass(frozen=True)
class RowDraft:
    """Proposed content of one reference row.

    `object_id` is None for a new row; `replaces` is the proposal that the form was opened over.
    """

    model: str
    object_id: int | None
    content: Json
    label: str
    note: str = ""
    removes: bool = False
    replaces: Proposal | None = None


def row_version(now: Json, draft: Proposal | None) -> str:
    """Identify the version that a row's form is based on: what readers see, and the draft on top of it."""
    return digest(now, draft.pk if draft else None)


def drafted_content(draft: Proposal | None, now: Json) -> Json:
    """Return what a row's form starts from: the newest draft merged into what readers see, or {} without a draft."""
    return rebase(draft.content, draft.base, now) if draft and not draft.removes else {}


@transaction.atomic
def save_row_draft(draft: RowDraft, *, by: User) -> Proposal:
    """Save a draft for a row, superseding an older draft. Raises NothingChanged, IllegalTransition, InvalidProposal."""
    if not permissions.can_write(by, draft.model):
        raise PermissionDenied("You can’t edit this part of the guide.")
    row = find_subject(draft.model, draft.object_id, lock=True)
    base = snapshot(row)
    content = {} if draft.removes else without_outer_spaces(draft.content, base)
    if content == base:
        raise NothingChanged("Nothing to save: this is what readers see already.")
    if draft.removes and row:
        validate_removal(row)
    over = latest_proposal(draft.model, draft.object_id) or draft.replaces
    fields = {"removes": draft.removes, "label": draft.label[:200], "content": content, "base": base}
    return propose(draft.model, draft.object_id, over=over, author=by, note=draft.note, **fields)


def latest_text(article: Article) -> ArticleRevision | None:
    """Return the page that an article's form starts from: the newest draft if newer than the live page, else the live one.

    A draft older than the live page is ignored, so fixing a typo after a restore does not undo the restore.
    """
    newest = latest_proposal(ARTICLE, article.pk)
    return newest.revision if newest else article.live_revision


def same_page(one: Json, two: Json) -> bool:
    """Return whether two pages are equal in the fields that both have, ignoring line endings and outer spaces."""
    return all(_normalized(one[name]) == _normalized(two[name]) for name in PAGE_FIELDS if name in one and name in two)


def _normalized(value: Any) -> Any:
    """Return a value as typed into a form: text, or a sorted list of keys as text."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return str(value if value is not None else "").replace("\r\n", "\n").strip()


@transaction.atomic
def save_draft(article: Article, draft: Draft, *, based_on: str, by: User) -> ArticleRevision | None:
    """Save a draft revision. Return None if this page is saved already, as after a double click. Raises StaleDraft."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You can’t write in the guide.")
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    newest = latest_text(locked)
    discard_autosave(autosave_place(article), by=by)
    if newest and same_page(snapshot(newest), draft.content()):
        return None
    if newest and based_on and based_on != str(newest.pk):
        raise StaleDraft
    return write_revision(article, draft, by=by)


def autosave_place(article: Article | None) -> str:
    return f"article {article.pk if article and article.pk else 'new'}"


@transaction.atomic
def autosave(article: Article | None, fields: Json, *, based_on: str, by: User) -> Autosave | None:
    """Autosave what `by` has typed. Return None if they saved it already. Raises ValueError if it is too long."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You can’t write in the guide.")
    typed: Json = {name: _storable(fields.get(name)) for name in AUTOSAVED_TEXTS if name in fields}
    typed |= {name: [_storable(key)[:20] for key in fields[name]][:200] for name in LISTED if name in fields}
    if sum(len(value) for value in typed.values()) > MAX_AUTOSAVE:
        raise ValueError(
            f"Your text is too long to autosave: all fields together may have {MAX_AUTOSAVE:,} characters."
        )
    saved = article.revisions.filter(author=by).order_by("-number").first() if article else None
    if saved and same_page(snapshot(saved), typed):
        return None
    found, _ = Autosave.objects.update_or_create(
        owner=by, place=autosave_place(article), defaults={"fields": typed, "based_on": based_on[:64]}
    )
    return found


def _storable(value: Any) -> str:
    """Return the text of a field without NUL, which PostgreSQL stores in no text."""
    return str(value or "").replace("\x00", "")


def discard_autosave(place: str, *, by: User) -> None:
    Autosave.objects.filter(owner=by, place=place).delete()


def others_editing(article: Article, user: User) -> QuerySet[Autosave]:
    """Return the autosaves of everyone else who typed into the article's form a moment ago, newest first."""
    recent = Autosave.objects.filter(place=autosave_place(article), saved_at__gte=timezone.now() - EDITING_FOR)
    return recent.exclude(owner=user).select_related("owner").order_by("-saved_at")


def find_autosave(article: Article | None, user: User) -> Autosave | None:
    """Return this user's autosave, unless it equals the text that the form starts from."""
    found = Autosave.objects.filter(owner=user, place=autosave_place(article)).first()
    newest = latest_text(article) if found and article else None
    return None if found and newest and same_page(snapshot(newest), found.fields) else found
