from datetime import datetime

from django.contrib.sitemaps import Sitemap

from guide.models import Article


class ArticleSitemap(Sitemap):
    def items(self) -> list[Article]:
        return list(Article.objects.published().in_reading_order())

    def lastmod(self, item: Article) -> datetime:
        assert item.live_revision is not None
        return item.live_revision.created_at
