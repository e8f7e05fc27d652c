from datetime import date

from django.contrib.sitemaps import Sitemap

from guide.models import Article


class ArticleSitemap(Sitemap):
    def items(self) -> list[Article]:
        return list(Article.objects.published().without_texts().in_reading_order())

    def lastmod(self, item: Article) -> date:
        return item.live.written_on
