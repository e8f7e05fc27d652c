from django.urls import path

from accounts.credentials import views as badge
from accounts.conduct import views as conduct
from accounts.auth import email_views
from accounts.notifications import views as inbox
from accounts.profiles import views as pages, account_views
from accounts.privacy import views as privacy

app_name = "accounts"

urlpatterns = [
    path("", account_views.home, name="home"),
    path("settings/", account_views.settings, name="settings"),
    path("name/", account_views.rename, name="rename"),
    path("name/check-fragment", account_views.name_check, name="name-check-fragment"),
    path("sessions/", account_views.sessions, name="sessions"),
    path("sessions/end-others/", account_views.end_others, name="end-other-sessions"),
    path("sessions/<slug:handle>/end/", account_views.end, name="end-session"),
    path("email/", email_views.change_email, name="change-email"),  # before allauth's page at the same address
    path("email/confirm-present/", email_views.confirm_present, name="confirm-present-email"),
    path("email/confirm-present/send/", email_views.send_code, name="send-present-email-code"),
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
    path("member/<int:pk>/keep-away/", privacy.keep_away, name="keep-away"),
    path("kept-away/", privacy.barriers, name="barriers"),
    path("kept-away/<int:pk>/end/", privacy.end_barrier, name="end-barrier"),
    path("data/", privacy.data, name="data"),
    path("data/<int:pk>/", privacy.download, name="download"),
    path("leave/", privacy.leave, name="leave"),
    path("stay/", privacy.stay, name="stay"),
    path("conduct/", conduct.conduct, name="conduct"),
    path("conduct/<int:pk>/appeal/", conduct.appeal, name="appeal-sanction"),
]
