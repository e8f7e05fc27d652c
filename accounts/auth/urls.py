"""URLs of sessions and the e-mail address change; allauth has the rest of login."""

from django.urls import path

from accounts.auth import email_views, session_views

urlpatterns = [
    path("sessions/", session_views.sessions, name="sessions"),
    path("sessions/end-others/", session_views.end_others, name="end-other-sessions"),
    path("sessions/<slug:handle>/end/", session_views.end, name="end-session"),
    path("email/", email_views.change_email, name="change-email"),
    path("email/confirm-present/", email_views.confirm_present, name="confirm-present-email"),
    path("email/confirm-present/send/", email_views.send_code, name="send-present-email-code"),
]
