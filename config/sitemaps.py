from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from forum.threads.sitemaps import CategorySitemap, ThreadSitemap
from guide.pages.sitemaps import ArticleSitemap

PAGES = [
    "home",
    "guide:map",
    "guide:wallet-card",
    "guide:questions",
    "guide:device-tools",
    "help-now",
    "about",
    "privacy",
    "leave",
    "offline",
    "open-data",
    "clinics",
    "forum:index",
    "forum:transparency",
]


class PageSitemap(Sitemap):
    def items(self) -> list[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {"pages": PageSitemap, "guide": ArticleSitemap, "categories": CategorySitemap, "threads": ThreadSitemap}
