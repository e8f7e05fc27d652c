"""URLs of the guide's public pages."""

from django.urls import path

from guide.pages import views
from guide.pages.feeds import GuideFeed

urlpatterns = [
    path("", views.guide_map, name="map"),
    path("print/", views.whole_guide, name="print"),
    path("changes.atom", GuideFeed(), name="feed"),
    path("wallet-card/", views.wallet_card, name="wallet-card"),
    path("questions-for-my-prescriber/", views.questions_for_prescriber, name="questions"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>/feedback/", views.feedback, name="feedback"),
]
