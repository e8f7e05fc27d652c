"""Revisions of articles: write, load, make live and re-render them."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from core import page_cache
from core.transitions import transition
from guide.models import Article, ArticleRevision, Proposal, ProposalDecision
from guide.models.review import ARTICLE
from guide.search import index
from guide.text.markdown import RENDER_VERSION, render

NEXT_DUE_KEY = "guide:next-due"
RERENDER_BATCH = 200
State = Proposal.State


@dataclass(frozen=True)
class Draft:
    """The text of a revision that is not yet written."""

    title: str
    summary: str
    in_short: str
    body: str
    note: str = ""
    substantive: bool = False


def clear_next_due() -> None:
    """Clear the cached time of the next scheduled publication, once the transaction is committed."""
    transaction.on_commit(lambda: page_cache.shared().delete(NEXT_DUE_KEY))


def guide_changed() -> None:
    """Rebuild the search index and drop cached pages. Call it inside the transaction that made the change."""
    index.rebuild_index()
    page_cache.clear_on_commit()


def latest_proposal(article: Article) -> Proposal | None:
    """Return the newest unpublished proposal for this article, if it is newer than the live text."""
    live = article.live_revision
    rows = Proposal.objects.of_article(article).unpublished().select_related("revision__author")
    newest = rows.order_by("-revision__number").first()
    return newest if newest and newest.revision and (not live or newest.revision.number > live.number) else None


@transaction.atomic
def write_revision(article: Article, draft: Draft, *, by: User | None) -> ArticleRevision:
    """Write a revision and its proposal, a draft on top of the newest one. Raises TextTooLong."""
    locked = Article.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=article.pk)
    last = article.revisions.order_by("-number").first()
    revision = article.revisions.create(
        number=last.number + 1 if last else 1,
        **asdict(draft),
        in_short_html=render(draft.in_short).html,
        body_html=render(draft.body).html,
        render_version=RENDER_VERSION,
        author=by,
    )
    _propose(revision, over=latest_proposal(locked))
    return revision


def _propose(revision: ArticleRevision, *, over: Proposal | None) -> Proposal:
    """Create the proposal. A draft is superseded at once; a submitted one stays in review until this is submitted."""
    for draft in Proposal.objects.of_article(revision.article).filter(state__in=[State.DRAFT, State.SENT_BACK]):
        transition(draft, State.SUPERSEDED)
    return Proposal.objects.create(
        model=ARTICLE,
        object_id=revision.article_id,
        label=revision.title,
        revision=revision,
        author=revision.author,
        note=revision.note,
        replaces=over,
    )


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
    """Make this published text the one that readers see. The caller holds the article's lock."""
    before, article.live_revision = article.live_revision, revision
    article.save(update_fields=["live_revision"])
    _call_watchers(article, before, revision)


def _call_watchers(article: Article, before: ArticleRevision | None, after: ArticleRevision) -> None:
    """Tell other apps that a live text was replaced, in the transaction of the publication.

    settings.GUIDE_CHANGE_HOOKS names the functions, since the guide imports no app above it.
    """
    if before is None or before.pk == after.pk:
        return
    for path in settings.GUIDE_CHANGE_HOOKS:
        import_string(path)(article, before, after)


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
