from django.urls import path

from accounts.views import inbox, pages

app_name = "accounts"

urlpatterns = [
    path("", pages.home, name="home"),
    path("house-rules/", pages.house_rules, name="house-rules"),
    path("member/<int:pk>/", pages.profile, name="profile"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.mark_read, name="mark-read"),
    path("notifications/", inbox.notification_settings, name="notification-settings"),
    path("unsubscribe/<str:token>/", inbox.unsubscribe, name="unsubscribe"),
]
