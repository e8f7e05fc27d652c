from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import RedirectView

from config import health, metrics, system_page, views
from config.sitemaps import SITEMAPS
from forum.experiences.views import experiences
from forum.moderation.help_card_views import shared_card

admin.site.unregister([EmailAddress, Authenticator])  # staff get no lists of addresses or second factors

handler500 = "config.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("guide/", include("guide.urls")),
    path("guide/experiences/from-members/", experiences, name="experiences"),
    path("forum/", include("forum.urls")),
    path("search/", views.search, name="search"),
    path("search/suggestions-fragment", views.search_suggestions, name="search-suggestions-fragment"),
    path("help-now/", views.help_now, name="help-now"),
    path("card/<str:token>/", shared_card, name="shared-card"),  # in mails: its address says nothing
    path("about/", views.site_page, {"slug": "about"}, name="about"),
    path("privacy/", views.site_page, {"slug": "privacy"}, name="privacy"),
    path("open-data/", views.open_data, name="open-data"),
    path("open-data/api/v1/", include("guide.open_data.api_urls")),
    path("for-clinics/", include("guide.open_data.urls")),
    path("offline/", views.offline, name="offline"),
    path(
        "offline-worker.js", views.offline_worker, name="offline-worker"
    ),  # at the root: it may show copies of every page
    path("leave/", views.leave, name="leave"),
    path("sitemap.xml", sitemap_index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-part"}, name="sitemap"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap-part"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path(".well-known/change-password", views.change_password, name="well-known-change-password"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/worker", health.worker, name="health-worker"),
    path("health/metrics", metrics.metrics, name="metrics"),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/second-step/", include("allauth.mfa.urls")),
    path("admin/guide/referencechange/waiting/", RedirectView.as_view(pattern_name="admin:guide_proposal_changelist")),
    path("admin/system/", system_page.system, name="system"),
    path("admin/system/retry-mail/", system_page.retry_mail, name="retry-mail"),
    path("admin/", admin.site.urls),
]
