from django.urls import path

from accounts.views import pages

app_name = "accounts"

urlpatterns = [
    path("", pages.home, name="home"),
    path("house-rules/", pages.house_rules, name="house-rules"),
    path("member/<int:pk>/", pages.profile, name="profile"),
]
