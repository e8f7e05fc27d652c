"""Drafts of articles and rows: saving without overwriting a colleague's text, and autosave."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from core.transitions import transition
from guide import permissions
from guide.models import Article, ArticleRevision, Autosave, Proposal
from guide.review.exceptions import NothingChanged, StaleDraft
from guide.review.revisions import Draft, latest_proposal, write_revision
from guide.review.row_constraints import validate_removal
from guide.review.row_snapshot import Json, digest, find_row, snapshot, without_outer_spaces

TEXT_FIELDS = ("title", "summary", "in_short", "body")
AUTOSAVED_FIELDS = (*TEXT_FIELDS, "note")
MAX_AUTOSAVE = 300_000  # characters in all fields; three times the limit of an article
State = Proposal.State


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


def latest_row_proposal(model: str, pk: int | None) -> Proposal | None:
    """Return the newest unpublished proposal for this row."""
    return Proposal.objects.of_subject(model, pk).unpublished().select_related("author").first()


def row_version(now: Json, draft: Proposal | None) -> str:
    """Identify the version that a row's form is based on: what readers see, and the draft on top of it."""
    return digest(now, draft.pk if draft else None)


@transaction.atomic
def save_row_draft(draft: RowDraft, *, by: User) -> Proposal:
    """Save a draft for a row, superseding an older draft. Raises NothingChanged, IllegalTransition, InvalidProposal."""
    if not permissions.can_write(by, draft.model):
        raise PermissionDenied("You can’t edit this part of the guide.")
    row = find_row(draft.model, draft.object_id, lock=True)
    base = snapshot(row)
    content = {} if draft.removes else without_outer_spaces(draft.content, base)
    if content == base:
        raise NothingChanged("Nothing to save: this is what readers see already.")
    if draft.removes and row:
        validate_removal(row)
    return Proposal.objects.create(
        model=draft.model,
        object_id=draft.object_id,
        removes=draft.removes,
        label=draft.label[:200],
        content=content,
        base=base,
        author=by,
        note=draft.note,
        replaces=_supersede_older(draft),
    )


def _supersede_older(draft: RowDraft) -> Proposal | None:
    """Return the proposal that this draft is written over, superseding it if it is a draft itself.

    A submitted proposal stays in review until the newer draft is submitted. The proposal for a new row is superseded at
    once; otherwise two rows could be created from it.
    """
    found = latest_row_proposal(draft.model, draft.object_id) or draft.replaces
    if found is None:
        return None
    found = Proposal.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if draft.object_id is None or found.state in (State.DRAFT, State.SENT_BACK):
        transition(found, State.SUPERSEDED)
    return found


def latest_text(article: Article) -> ArticleRevision | None:
    """Return the text that an article's form starts from: the newest draft if newer than the live text, else the live one.

    A draft older than the live text is ignored, so fixing a typo after a restore does not undo the restore.
    """
    newest = latest_proposal(article)
    return newest.revision if newest else article.live_revision


def same_text(one: Any, two: Any) -> bool:
    """Return whether two texts are equal, ignoring line endings and surrounding spaces."""
    return all(_normalized(one, name) == _normalized(two, name) for name in TEXT_FIELDS)


def _normalized(source: Any, name: str) -> str:
    text = source.get(name) if isinstance(source, dict) else getattr(source, name)
    return str(text or "").replace("\r\n", "\n").strip()


@transaction.atomic
def save_draft(article: Article, draft: Draft, *, based_on: str, by: User) -> ArticleRevision | None:
    """Save a draft revision. Return None if this text is saved already, as after a double click. Raises StaleDraft."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You can’t write in the guide.")
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    newest = latest_text(locked)
    if newest and same_text(newest, draft):
        discard_autosave(autosave_place(article), by=by)
        return None
    if newest and based_on and based_on != str(newest.pk):
        raise StaleDraft
    revision = write_revision(article, draft, by=by)
    discard_autosave(autosave_place(article), by=by)
    return revision


def autosave_place(article: Article | None) -> str:
    return f"article {article.pk if article and article.pk else 'new'}"


@transaction.atomic
def autosave(article: Article | None, text: dict[str, str], *, based_on: str, by: User) -> Autosave | None:
    """Autosave what `by` has typed. Return None if they saved it already. Raises ValueError if it is too long."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You can’t write in the guide.")
    typed = {name: str(text.get(name) or "") for name in AUTOSAVED_FIELDS}
    if sum(map(len, typed.values())) > MAX_AUTOSAVE:
        raise ValueError(
            f"Your text is too long to autosave: all fields together may have {MAX_AUTOSAVE:,} characters."
        )
    saved = article.revisions.filter(author=by).order_by("-number").first() if article else None
    if saved and same_text(saved, typed):
        return None
    found, _ = Autosave.objects.update_or_create(
        owner=by, place=autosave_place(article), defaults={"fields": typed, "based_on": based_on[:64]}
    )
    return found


def discard_autosave(place: str, *, by: User) -> None:
    Autosave.objects.filter(owner=by, place=place).delete()


def find_autosave(article: Article | None, user: User) -> Autosave | None:
    """Return this user's autosave, unless it equals the text that the form starts from."""
    found = Autosave.objects.filter(owner=user, place=autosave_place(article)).first()
    newest = latest_text(article) if found and article else None
    return None if found and newest and same_text(newest, found.fields) else found
