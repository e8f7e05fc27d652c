"""Links between guide and forum: guide pages next to a thread, threads below a guide page."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from forum.models import Category, Thread, ThreadArticle
from guide.models import Article

MAX_PAGES = 5
MAX_THREADS = 5


def cited_pages() -> ArraySubquery:
    """Select, for each thread, the guide pages that its posts link to, in the guide's order."""
    cited = ThreadArticle.objects.filter(thread=OuterRef(OuterRef("pk")), article=OuterRef("pk"))
    return _pages(Article.objects.published().filter(Exists(cited)))


def category_pages() -> ArraySubquery:
    """Select, for each thread, the guide pages that administrators chose for its category."""
    chosen = Category.pages.through.objects.filter(category=OuterRef(OuterRef("category")), article=OuterRef("pk"))
    return _pages(Article.objects.published().filter(Exists(chosen)))


def _pages(pages: QuerySet[Article]) -> ArraySubquery:
    shown = JSONObject(slug="slug", title="live_revision__title", summary="live_revision__summary")
    return ArraySubquery(pages.in_reading_order().values(json=shown)[:MAX_PAGES])  # type: ignore[attr-defined]


def threads_about(article: Article) -> list[Thread]:
    """Return public threads that link to this page, latest first. The same for every reader, so pages can be cached."""
    citing = ThreadArticle.objects.filter(article=article).values("thread")
    threads = Thread.objects.visible_to(AnonymousUser()).filter(pk__in=citing)
    return list(threads.select_related("category").newest_first()[:MAX_THREADS])
