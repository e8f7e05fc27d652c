"""From a draft to what readers see: every step needs a right, a legal move, and leaves a decision behind.

Each function locks the article first, so two people who decide at once decide one after the other, and the second is told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from core import page_cache
from guide import permissions
from guide.lint.article_notices import breaking_faults, submit_faults
from guide.models import Article, ArticleRevision, RevisionDecision
from guide.review.notifications import tell_author, tell_reviewers
from guide.review.revisions import Draft, forget_next_due, go_live, guide_changed, write_revision
from guide.review.state import move

CHECKLIST = {
    "accurate": "It is accurate, and the sources say what it says.",
    "complete": "Its warnings are complete.",
    "plain": "It is plain and kind to read.",
    "current": "It is current.",
}
ANY = object()  # the caller did not say against which live text the revision was read
Action = RevisionDecision.Action
State = ArticleRevision.State


class TextHasFaults(ValueError):
    """The text cannot be sent for review: `args` are the faults, each with its line."""


class ReadAnew(ValueError):
    """What was read is no longer what would be decided on; the new differences must be read first."""


@dataclass(frozen=True)
class Remark:
    """A reviewer's words at a place: the part of the text, its line from 1, the words it is about."""

    part: str
    line: int
    quote: str
    text: str


def _locked(
    revision: ArticleRevision, by: User, may: Callable[[User, ArticleRevision], bool]
) -> tuple[Article, ArticleRevision]:
    """The rows as they are now, the article locked. Raises PermissionDenied."""
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    fresh = ArticleRevision.objects.select_related("article").get(pk=revision.pk)
    if not may(by, fresh):
        raise PermissionDenied("You may not do this with this text.")
    return article, fresh


@transaction.atomic
def submit_revision(revision: ArticleRevision, *, by: User) -> RevisionDecision:
    """Send a draft for review; an older text that waited is replaced by it. Raises TextHasFaults, IllegalMove."""
    article, fresh = _locked(revision, by, permissions.can_submit_revision)
    faults = submit_faults(fresh)
    if faults:
        raise TextHasFaults(*faults)
    move(fresh, State.SUBMITTED)
    older = article.revisions.filter(state__in=[State.SUBMITTED, State.SENT_BACK], number__lt=fresh.number)
    older.update(state=State.SUPERSEDED)
    tell_reviewers(fresh, by=by)
    return fresh.decisions.create(action=Action.SUBMITTED, by=by)


@transaction.atomic
def take_back_revision(revision: ArticleRevision, *, by: User) -> RevisionDecision:
    """What waits is a draft again. Raises IllegalMove."""
    _, fresh = _locked(revision, by, permissions.can_take_back_revision)
    move(fresh, State.DRAFT)
    return fresh.decisions.create(action=Action.TAKEN_BACK, by=by)


@transaction.atomic
def send_back_revision(
    revision: ArticleRevision, *, by: User, reason: str, comments: Iterable[Remark], read_against: object = ANY
) -> RevisionDecision:
    """Back to its author with words and remarks. Raises ReadAnew, IllegalMove, ValueError where neither says anything."""
    remarks = list(comments)
    if not reason.strip() and not remarks:
        raise ValueError("Say what should change.")
    article, fresh = _locked(revision, by, permissions.can_review_revision)
    _is_what_was_read(article, fresh, read_against)
    move(fresh, State.SENT_BACK)
    for remark in remarks:
        fresh.comments.create(by=by, part=remark.part, line=remark.line, quote=remark.quote, text=remark.text)
    tell_author(fresh, "came back to you with words on what should change.", by=by)
    return fresh.decisions.create(action=Action.SENT_BACK, by=by, reason=reason)


@transaction.atomic
def approve_revision(
    revision: ArticleRevision,
    *,
    by: User,
    checked: Iterable[str],
    live_at: datetime | None = None,
    read_against: object = ANY,
) -> RevisionDecision:
    """A second person lets it through: live now, or at `live_at`. A verified clinician's name then stands on the page.

    For what is live already (loaded, or urgent) it is the review that was missing. `read_against` is the primary key of
    the live text beside which it was read. Raises ReadAnew, IllegalMove, ValueError where the checklist has a gap.
    """
    ticked = [key for key in CHECKLIST if key in set(checked)]
    if len(ticked) < len(CHECKLIST):
        raise ValueError("Everything on the list must be ticked.")
    article, fresh = _locked(revision, by, permissions.can_review_revision)
    _is_what_was_read(article, fresh, read_against)
    if not fresh.is_live:
        move(fresh, State.APPROVED)
    later = None if fresh.is_live or not live_at or live_at <= timezone.now() else live_at
    reason = f"To be read from {later:%Y-%m-%d %H:%M} UTC on." if later else ""
    decision = fresh.decisions.create(action=Action.APPROVED, by=by, checked=ticked, reason=reason)
    _sign(fresh, by)
    _show(article, fresh, by, later)
    tell_author(fresh, "was approved.", by=by)
    return decision


def _is_what_was_read(article: Article, revision: ArticleRevision, read_against: object) -> None:
    """Only what waits, or what is live and lacks its review, can be decided on, beside the text it was read beside."""
    waits = revision.state == State.SUBMITTED or revision.is_live
    if not waits or (read_against is not ANY and read_against != article.live_revision_id):
        raise ReadAnew("This text changed, or what readers see changed, since you opened it.")


def _show(article: Article, revision: ArticleRevision, by: User, later: datetime | None) -> None:
    if revision.is_live:
        page_cache.clear_on_commit()
    elif later:
        revision.live_at = later
        revision.save(update_fields=["live_at"])
        forget_next_due()
    else:
        go_live(article, revision, Action.PUBLISHED, by=by)
        guide_changed()


def _sign(revision: ArticleRevision, by: User) -> RevisionDecision | None:
    """In the name and profession of the credential that is in force, as its owner wants to be called."""
    credential = credential_in_force(by)
    if credential is None:
        return None
    name = credential.public_name if credential.name_public and credential.public_name else by.display_name
    words = f"{name}, {credential.get_profession_display()}"[:120]
    return revision.decisions.create(action=Action.SIGNED, by=by, credential=words)


@transaction.atomic
def sign_revision(revision: ArticleRevision, *, by: User) -> RevisionDecision | None:
    """Record that a clinician read this live revision and stands by it; the page then says so."""
    _, fresh = _locked(revision, by, permissions.can_sign_revision)
    page_cache.clear_on_commit()
    return _sign(fresh, by)


@transaction.atomic
def publish_urgently(revision: ArticleRevision, *, by: User, reason: str) -> RevisionDecision:
    """A correction that cannot wait: live now and unreviewed, and the page says so.

    Raises ValueError without a reason, and TextHasFaults for what readers would see as broken.
    """
    if not reason.strip():
        raise ValueError("Say why this cannot wait for its review.")
    article, fresh = _locked(revision, by, permissions.can_publish_urgently)
    if faults := breaking_faults(fresh):
        raise TextHasFaults(*faults)
    move(fresh, State.APPROVED)
    decision = go_live(article, fresh, Action.URGENT, by=by, reason=reason)
    guide_changed()
    return decision


@transaction.atomic
def roll_back(article: Article, revision: ArticleRevision, *, by: User, reason: str) -> ArticleRevision:
    """What readers once read comes back as a new revision. Raises ValueError without a reason, or if they never read it."""
    if not permissions.can_roll_back(by, article):
        raise PermissionDenied("You may not bring an earlier text back.")
    if not reason.strip():
        raise ValueError("Say why the earlier text comes back.")
    locked = Article.objects.select_for_update().get(pk=article.pk)
    if revision.article_id != article.pk or not revision.decisions.that_made_it_live().exists():
        raise ValueError("Only a text that readers once read can come back.")
    words = {name: getattr(revision, name) for name in ("title", "summary", "in_short", "body")}
    note = f"Back to revision {revision.number}: {reason}"[:200]
    fresh = write_revision(article, Draft(**words, note=note, substantive=True), by=by)
    go_live(locked, fresh, Action.ROLLED_BACK, by=by, reason=reason[:200])
    guide_changed()
    return fresh
