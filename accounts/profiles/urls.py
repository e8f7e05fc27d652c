"""URLs of the account page, settings, names, profiles, and muted and blocked members."""

from django.urls import path
from django.views.generic import RedirectView

from accounts.profiles import account_views, block_views, views

urlpatterns = [
    path("", account_views.home, name="home"),
    path("welcome/", account_views.welcome, name="welcome"),
    path("settings/", account_views.settings, name="settings"),
    path("name/", account_views.rename, name="rename"),
    path("name/check-fragment", account_views.name_check, name="name-check-fragment"),
    path("house-rules/", views.house_rules, name="house-rules"),
    path("house-rules/<int:number>/", views.earlier_house_rules, name="earlier-house-rules"),
    path("member/<int:pk>/", views.profile, name="profile"),
    path("member/<int:pk>/block/", block_views.block, name="block"),
    path("blocked/", block_views.blocks, name="blocks"),
    path("blocked/<int:pk>/end/", block_views.end_block, name="end-block"),
    path("kept-away/", RedirectView.as_view(pattern_name="accounts:blocks", permanent=True), name="old-blocks"),
]
