"""Drafts: saved without overwriting a colleague's text, and autosaved while they are typed."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from core.transitions import transition
from guide import permissions
from guide.models import Article, ArticleRevision, Autosave, Proposal
from guide.review.refusals import NothingChanged, StaleDraft
from guide.review.revisions import Draft, latest_proposal, write_revision
from guide.review.row_constraints import refuse_removal_if_needed
from guide.review.row_snapshot import Json, digest, find_row, snapshot, without_outer_spaces

TEXT_FIELDS = ("title", "summary", "in_short", "body")
AUTOSAVED_FIELDS = (*TEXT_FIELDS, "note")
LONGEST_AUTOSAVE = 300_000  # characters in all; three times what an article may have
State = Proposal.State


@dataclass(frozen=True)
class RowDraft:
    """How an editor would have one reference row.

    `object_id` is empty for a new row; `replaces` is the proposal that the form was opened over.
    """

    model: str
    object_id: int | None
    content: Json
    label: str
    note: str = ""
    removes: bool = False
    replaces: Proposal | None = None


def latest_row_proposal(model: str, pk: int | None) -> Proposal | None:
    """The newest proposal for this row that is not yet published."""
    return Proposal.objects.of_subject(model, pk).unpublished().select_related("author").first()


def row_version(now: Json, draft: Proposal | None) -> str:
    """Names what a row's form begins from: what readers see, and the proposal on top of it."""
    return digest(now, draft.pk if draft else None)


@transaction.atomic
def save_row_draft(draft: RowDraft, *, by: User) -> Proposal:
    """Save a draft for a row, over an older one if there is one. Raises NothingChanged, IllegalTransition, HasFaults."""
    if not permissions.can_write(by, draft.model):
        raise PermissionDenied("You may not edit this part of the guide.")
    row = find_row(draft.model, draft.object_id, lock=True)
    base = snapshot(row)
    content = {} if draft.removes else without_outer_spaces(draft.content, base)
    if content == base:
        raise NothingChanged("Nothing differs from what readers see.")
    if draft.removes and row:
        refuse_removal_if_needed(row)
    return Proposal.objects.create(
        model=draft.model,
        object_id=draft.object_id,
        removes=draft.removes,
        label=draft.label[:200],
        content=content,
        base=base,
        author=by,
        note=draft.note,
        replaces=_replaced_by(draft),
    )


def _replaced_by(draft: RowDraft) -> Proposal | None:
    """The proposal that this draft is written over; an older draft is superseded now.

    A submitted proposal stays in review until the newer draft is submitted. The proposal for a new row is superseded at
    once, or two rows could come of it.
    """
    found = latest_row_proposal(draft.model, draft.object_id) or draft.replaces
    if found is None:
        return None
    found = Proposal.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if draft.object_id is None or found.state in (State.DRAFT, State.SENT_BACK):
        transition(found, State.SUPERSEDED)
    return found


def latest_text(article: Article) -> ArticleRevision | None:
    """What an article's form begins from: the newest unpublished text if it is newer than the live one, or the live one.

    So an earlier text that was restored is not undone by somebody's typo.
    """
    newest = latest_proposal(article)
    return newest.revision if newest else article.live_revision


def same_text(one: Any, two: Any) -> bool:
    """Compare two texts, apart from line endings and the spaces around them."""
    return all(_plain(_of(one, name)) == _plain(_of(two, name)) for name in TEXT_FIELDS)


def _of(holder: Any, name: str) -> str:
    return str((holder.get(name) if isinstance(holder, dict) else getattr(holder, name)) or "")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@transaction.atomic
def save_draft(article: Article, draft: Draft, *, begun_from: str, by: User) -> ArticleRevision | None:
    """Save a draft revision; None where this text is saved already, as after a double click. Raises StaleDraft."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You may not write in the guide.")
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    newest = latest_text(locked)
    if newest and same_text(newest, draft):
        discard_autosave(autosave_place(article), by=by)
        return None
    if newest and begun_from and begun_from != str(newest.pk):
        raise StaleDraft
    revision = write_revision(article, draft, by=by)
    discard_autosave(autosave_place(article), by=by)
    return revision


def autosave_place(article: Article | None) -> str:
    return f"article {article.pk if article and article.pk else 'new'}"


@transaction.atomic
def autosave(article: Article | None, words: dict[str, str], *, begun_from: str, by: User) -> Autosave | None:
    """Keep what is typed for its writer alone; None where they saved it already. Raises ValueError if it is too long."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You may not write in the guide.")
    typed = {name: str(words.get(name) or "") for name in AUTOSAVED_FIELDS}
    if sum(map(len, typed.values())) > LONGEST_AUTOSAVE:
        raise ValueError(f"Together these texts have more than {LONGEST_AUTOSAVE:,} characters.")
    saved = article.revisions.filter(author=by).order_by("-number").first() if article else None
    if saved and same_text(saved, typed):
        return None
    found, _ = Autosave.objects.update_or_create(
        owner=by, place=autosave_place(article), defaults={"words": typed, "begun_from": begun_from[:64]}
    )
    return found


def discard_autosave(place: str, *, by: User) -> None:
    Autosave.objects.filter(owner=by, place=place).delete()


def find_autosave(article: Article | None, user: User) -> Autosave | None:
    """What this person typed here and did not save, if it differs from what the form would begin with."""
    found = Autosave.objects.filter(owner=user, place=autosave_place(article)).first()
    newest = latest_text(article) if found and article else None
    return None if found and newest and same_text(newest, found.words) else found
