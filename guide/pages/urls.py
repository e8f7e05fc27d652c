"""URLs of the guide's public pages."""

from django.urls import path

from guide.pages import help_line_views, picture_views, views
from guide.pages.feeds import GuideFeed

urlpatterns = [
    path("", views.guide_map, name="map"),
    path("print/", views.whole_guide, name="print"),
    path("changes.atom", GuideFeed(), name="feed"),
    path("wallet-card/", views.wallet_card, name="wallet-card"),
    path("questions-for-my-prescriber/", views.questions_for_prescriber, name="questions"),
    path("help-lines.json", help_line_views.help_lines_json, name="help-lines-json"),
    path("help-line/<int:pk>/wrong/", help_line_views.report, name="report-help-line"),
    path("pictures/<slug:digest>/<int:width>.<slug:suffix>", picture_views.picture_file, name="picture-file"),
    path("your-notes/", views.device_tools, name="device-tools"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>/feedback/", views.feedback, name="feedback"),
]
