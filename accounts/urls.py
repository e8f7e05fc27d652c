from django.urls import path

from accounts.views import badge, inbox, pages

app_name = "accounts"

urlpatterns = [
    path("", pages.home, name="home"),
    path("house-rules/", pages.house_rules, name="house-rules"),
    path("member/<int:pk>/", pages.profile, name="profile"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.mark_read, name="mark-read"),
    path("notifications/", inbox.notification_settings, name="notification-settings"),
    path("unsubscribe/<str:token>/", inbox.unsubscribe, name="unsubscribe"),
    path("badge/", badge.badge, name="badge"),
    path("badge/how-verification-works/", badge.how_verification_works, name="how-verification-works"),
    path("badge/apply/", badge.apply, name="badge-apply"),
    path("badge/<int:pk>/", badge.application, name="badge-application"),
    path("badge/<int:pk>/answer/", badge.answer, name="badge-answer"),
    path("badge/<int:pk>/withdraw/", badge.withdraw, name="badge-withdraw"),
    path("badge/<int:pk>/name/", badge.name, name="badge-name"),
    path("who-moderates/", badge.who_moderates, name="who-moderates"),
]
