from django.urls import path

from accounts.views import email, pages, rooms

app_name = "accounts"

urlpatterns = [
    path("", rooms.home, name="home"),
    path("settings/", rooms.settings, name="settings"),
    path("name/", rooms.rename, name="rename"),
    path("name/check-fragment", rooms.name_check, name="name-check-fragment"),
    path("sessions/", rooms.sessions, name="sessions"),
    path("sessions/end-others/", rooms.end_others, name="end-other-sessions"),
    path("sessions/<slug:handle>/end/", rooms.end, name="end-session"),
    path("email/", email.change_email, name="change-email"),  # before allauth's page at the same address
    path("email/confirm-present/", email.confirm_present, name="confirm-present-email"),
    path("email/confirm-present/send/", email.send_code, name="send-present-email-code"),
    path("house-rules/", pages.house_rules, name="house-rules"),
    path("member/<int:pk>/", pages.profile, name="profile"),
]
