"""Revisions of articles: write, load, make live and re-render them."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import page_cache
from core.hooks import call_hooks
from core.transitions import transition
from guide.models import Article, ArticleRevision, FormerSlug, Proposal, ProposalDecision
from guide.models.page_fields import PAGE_FIELDS
from guide.models.review import ARTICLE
from guide.review.snapshot import Json, apply_fields, column_values, snapshot
from guide.search import index
from guide.text.markdown import RENDER_VERSION, render

NEXT_DUE_KEY = "guide:next-due"
RERENDER_BATCH = 200
State = Proposal.State


@dataclass(frozen=True)
class Draft:
    """A page that is not yet written. What is None stays as it is in the newest draft or, without one, in the live page."""

    title: str
    summary: str
    in_short: str
    body: str
    note: str = ""
    public_note: str = ""
    safety_messages: list[int] | None = None
    related: list[int] | None = None
    slug: str | None = None
    section: int | None = None
    position: int | None = None
    language: str | None = None
    review_months: int | None = None
    written_on: date | None = None  # None: today

    def content(self) -> Json:
        return {name: value for name, value in asdict(self).items() if name in PAGE_FIELDS and value is not None}


def clear_next_due() -> None:
    """Clear the cached time of the next scheduled publication, once the transaction is committed."""
    transaction.on_commit(lambda: page_cache.shared().delete(NEXT_DUE_KEY))


def guide_changed() -> None:
    """Rebuild the search index and drop cached pages. Call it inside the transaction that made the change."""
    index.rebuild_index()
    page_cache.clear_on_commit()


def latest_proposal(model: str, pk: int | None) -> Proposal | None:
    """Return the newest unpublished proposal for an article or row, if it is newer than what is live."""
    found = Proposal.objects.of_subject(model, pk).unpublished().select_related("author", "revision__article").first()
    live = Proposal.objects.of_subject(model, pk).live().first() if found else None
    return None if found and live and live.pk > found.pk else found


def content_of(proposal: Proposal) -> Json:
    """Return what a proposal would show readers: of an article its revision, of a row the content."""
    return column_values(proposal.revision) if proposal.revision else proposal.content


@transaction.atomic
def write_revision(article: Article, draft: Draft, *, by: User | None) -> ArticleRevision:
    """Write a revision and its proposal, a draft on top of the newest one. Raises TextTooLong."""
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    newest = latest_proposal(ARTICLE, locked.pk)
    before = content_of(newest) if newest else snapshot(locked) or {"slug": locked.slug}
    last = article.revisions.order_by("-number").first()
    revision = ArticleRevision(
        article=article,
        number=last.number + 1 if last else 1,
        in_short_html=render(draft.in_short).html,
        body_html=render(draft.body).html,
        render_version=RENDER_VERSION,
        author=by,
        note=draft.note,
        public_note=draft.public_note,
        written_on=draft.written_on or timezone.localdate(),
    )
    apply_fields(revision, before | draft.content())
    revision.save(force_insert=True)
    fields = {"label": revision.title, "revision": revision, "author": by, "note": draft.note}
    propose(ARTICLE, article.pk, over=newest, **fields)
    return revision


def propose(model: str, pk: int | None, *, over: Proposal | None, **fields: Any) -> Proposal:
    """Create a proposal, superseding older drafts of its subject. The caller holds the subject's lock.

    A submitted proposal stays in review until the newer draft is submitted. The proposal for a new row is superseded at
    once; otherwise two rows could be created from it.
    """
    drafts = Proposal.objects.of_subject(model, pk).filter(state__in=[State.DRAFT, State.SENT_BACK])
    new_row = Proposal.objects.filter(pk=over.pk) if over and pk is None else Proposal.objects.none()
    for older in (drafts | new_row).select_for_update(of=("self",)):
        transition(older, State.SUPERSEDED)
    return Proposal.objects.create(model=model, object_id=pk, replaces=over, **fields)


@transaction.atomic
def publish_loaded(revision: ArticleRevision) -> ProposalDecision:
    """Publish a text from the content files. Leaves the search index to load_guide, which rebuilds it once at the end."""
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    proposal = Proposal.objects.get(revision=revision)
    decision = proposal.decisions.create(action=ProposalDecision.Action.LOADED)
    transition(proposal, State.PUBLISHED, published_at=timezone.now())
    make_live(article, revision)
    return decision


def make_live(article: Article, revision: ArticleRevision) -> None:
    """Make this published page the one that readers see. The caller holds the article's lock.

    Only the article that had a former slug can use it again, so that no published URL ever leads to the wrong page.
    """
    before, article.live_revision = article.live_revision, revision
    FormerSlug.objects.filter(slug=revision.slug, article=article).delete()
    if before and before.slug != revision.slug:
        FormerSlug.objects.create(slug=before.slug, article=article)
    article.slug = revision.slug
    article.save(update_fields=["live_revision", "slug"])
    _call_watchers(article, before, revision)


def slug_errors(slug: str, article: int | None) -> list[str]:
    """Return an error if another article has or had this slug."""
    taken = Article.objects.filter(slug=slug).exclude(pk=article or 0).exists()
    formerly = FormerSlug.objects.filter(slug=slug).exclude(article=article or 0).exists()
    return [f"Another page has or had the address {slug}."] if taken or formerly else []


def _call_watchers(article: Article, before: ArticleRevision | None, after: ArticleRevision) -> None:
    """Tell other apps that a live text was replaced, in the transaction of the publication.

    settings.GUIDE_CHANGE_HOOKS names the functions, since the guide imports no app above it.
    """
    if before is None or before.pk == after.pk:
        return
    call_hooks(settings.GUIDE_CHANGE_HOOKS, article, before, after)


def rerender_outdated() -> int:
    """Re-render stored HTML of an older renderer, so that a fixed sanitizer reaches old text. Return how many."""
    outdated = list(ArticleRevision.objects.exclude(render_version=RENDER_VERSION)[:RERENDER_BATCH])
    for revision in outdated:
        ArticleRevision.objects.filter(pk=revision.pk).update(
            in_short_html=render(revision.in_short).html,
            body_html=render(revision.body).html,
            render_version=RENDER_VERSION,
        )
    return len(outdated)
