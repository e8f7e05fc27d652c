"""What guide and forum show of each other: pages beside a thread, threads below a page."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from forum.models import Category, Thread, ThreadArticle
from guide.models import Article

MOST_PAGES = 5
MOST_THREADS = 5


def pages_cited() -> ArraySubquery:
    """Of each thread the pages of the guide to which its posts link, in the guide's order."""
    cited = ThreadArticle.objects.filter(thread=OuterRef(OuterRef("pk")), article=OuterRef("pk"))
    return _pages(Article.objects.published().filter(Exists(cited)))


def pages_of_room() -> ArraySubquery:
    """Of each thread the pages that administrators chose for its category."""
    chosen = Category.pages.through.objects.filter(category=OuterRef(OuterRef("category")), article=OuterRef("pk"))
    return _pages(Article.objects.published().filter(Exists(chosen)))


def _pages(pages: QuerySet[Article]) -> ArraySubquery:
    shown = JSONObject(slug="slug", title="live_revision__title", summary="live_revision__summary")
    return ArraySubquery(pages.in_reading_order().values(json=shown)[:MOST_PAGES])  # type: ignore[attr-defined]


def threads_about(article: Article) -> list[Thread]:
    """Threads that anybody may read and that link to this page, the latest publication first. The same for everybody."""
    citing = ThreadArticle.objects.filter(article=article).values("thread")
    threads = Thread.objects.visible_to(AnonymousUser()).filter(pk__in=citing)
    return list(threads.select_related("category").newest_first()[:MOST_THREADS])
