"""Drafts of articles and rows: saving without overwriting a colleague's text."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from guide import permissions
from guide.models import Article, ArticleRevision, Proposal
from guide.models.page_fields import PAGE_FIELDS
from guide.models.review import ARTICLE
from guide.review.autosaves import discard_autosave, place_of
from guide.review.conflicts import author_of, conflict_with
from guide.review.constraints import validate_removal
from guide.review.exceptions import NothingChanged, StaleDraft
from guide.review.revisions import Draft, latest_proposal, propose, write_revision
from guide.review.snapshot import (
    Json,
    content_model,
    digest,
    find_subject,
    rebase,
    same_value,
    snapshot,
    without_outer_spaces,
)

EARLIER = 20  # proposals among which the content that a form began with is looked for


@dataclass(frozen=True)
class RowDraft:
    """Proposed content of one reference row.

    `object_id` is None for a new row; `replaces` is the proposal that the form was opened over; `based_on` is the version that
    the form began with, or empty to save over any version; `token` is that of a new row's form; `accept_again` marks house rules
    that members must accept again.
    """

    model: str
    object_id: int | None
    content: Json
    label: str
    note: str = ""
    removes: bool = False
    replaces: Proposal | None = None
    based_on: str = ""
    token: str = ""
    accept_again: bool = False

    @property
    def place(self) -> str:
        return place_of(self.model, self.object_id, self.replaces.pk if self.replaces else None, self.token)


def row_version(now: Json, draft: Proposal | None) -> str:
    """Identify the version that a row's form is based on: what readers see, and the draft on top of it."""
    return digest(now, draft.pk if draft else None)


def drafted_content(draft: Proposal | None, now: Json) -> Json:
    """Return what a row's form starts from: the newest draft merged into what readers see, or {} without a draft."""
    return rebase(draft.content, draft.base, now) if draft and not draft.removes else {}


def content_at(version: str, model: str, pk: int | None) -> Json:
    """Return the content of an earlier version of a row, as `row_version` identifies it; {} if it is not found."""
    now, earlier = snapshot(find_subject(model, pk)), list(Proposal.objects.of_subject(model, pk)[:EARLIER])
    shown = [now, *(p.base for p in earlier), *(p.content for p in earlier if p.published_at)]
    begun = ((live, draft) for live in shown for draft in (None, *earlier))
    found = next(((live, draft) for live, draft in begun if row_version(live, draft) == version), None)
    return (drafted_content(found[1], found[0]) or found[0]) if found else {}


@transaction.atomic
def save_row_draft(draft: RowDraft, *, by: User) -> Proposal:
    """Save a draft for a row, superseding an older draft.

    Raises NothingChanged, StaleDraft, IllegalTransition, InvalidProposal.
    """
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
    if draft.based_on and draft.based_on != row_version(base, over):
        if over and over.author_id == by.pk and over.content == content:  # a double click
            return over
        raise _stale(draft, base, over)
    discard_autosave(draft.place, by=by)
    fields = {"removes": draft.removes, "label": draft.label[:200], "content": content, "base": base}
    fields |= {"accept_again": draft.accept_again}
    return propose(draft.model, draft.object_id, over=over, author=by, note=draft.note, **fields)


def _stale(draft: RowDraft, now: Json, newest: Proposal | None) -> StaleDraft | NothingChanged:
    """Return the error for a draft that is based on an older version: NothingChanged if it changes nothing of that one."""
    saved = newest or Proposal.objects.of_subject(draft.model, draft.object_id).live().first()
    begun, theirs = content_at(draft.based_on, draft.model, draft.object_id), drafted_content(newest, now) or now
    texts = {"base": begun, "mine": draft.content, "theirs": theirs}
    conflict = conflict_with(author_of(saved), content_model(draft.model), **texts, note=draft.note)
    return NothingChanged("You changed nothing.") if conflict.content == theirs else StaleDraft(conflict)


def latest_text(article: Article) -> ArticleRevision | None:
    """Return the page that an article's form starts from: the newest draft if newer than the live page, else the live one.

    A draft older than the live page is ignored, so fixing a typo after a restore does not undo the restore.
    """
    newest = latest_proposal(ARTICLE, article.pk)
    return newest.revision if newest else article.live_revision


def same_page(one: Json, two: Json) -> bool:
    """Return whether two pages are equal in the fields that both have, ignoring line endings and outer spaces."""
    return all(same_value(one[name], two[name]) for name in PAGE_FIELDS if name in one and name in two)


@transaction.atomic
def save_draft(article: Article, draft: Draft, *, based_on: str, by: User) -> ArticleRevision | None:
    """Save a draft revision. Return None if this page is saved already, as after a double click. Raises StaleDraft."""
    if not permissions.can_write_guide(by):
        raise PermissionDenied("You can’t write in the guide.")
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    newest = latest_text(locked)
    discard_autosave(place_of(ARTICLE, article.pk), by=by)
    if newest and same_page(snapshot(newest), draft.content()):
        return None
    if newest and based_on and based_on != str(newest.pk):
        raise StaleDraft
    return write_revision(article, draft, by=by)
