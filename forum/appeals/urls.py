"""URLs of reports, appeals, questions and trust."""

from django.urls import path

from forum.appeals import moderator_views, question_views, views

urlpatterns = [
    path("post/<int:pk>/report/", views.report_post, name="report-post"),
    path("member/<int:pk>/report/", views.report_member, name="report-member"),
    path("decision/<int:pk>/appeal/", views.appeal_decision, name="appeal"),
    path("decision/<int:pk>/ask/", question_views.ask, name="ask-about-decision"),
    path("review/removed/", moderator_views.removed, name="removed"),
    path("review/member/<int:pk>/trust/", moderator_views.member_trust, name="trust"),
    path("review/member/<int:pk>/trust/end/", moderator_views.end_member_trust, name="end-trust"),
]
