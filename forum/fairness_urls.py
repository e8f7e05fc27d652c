"""Reports, appeals and trust; and what moderators do to what is public. Included by forum.urls."""

from django.urls import path

from forum import asking, fairness
from forum.moderation import fair_views

urlpatterns = [
    path("post/<int:pk>/report/", fairness.report_post, name="report-post"),
    path("member/<int:pk>/report/", fairness.report_member, name="report-member"),
    path("decision/<int:pk>/appeal/", fairness.appeal, name="appeal"),
    path("decision/<int:pk>/ask/", asking.ask, name="ask"),
    path("review/removed/", fair_views.removed, name="removed"),
    path("review/report/<int:pk>/", fair_views.report, name="review-report"),
    path("review/appeal/<int:pk>/", fair_views.appeal, name="review-appeal"),
    path("review/post/<int:pk>/remove/", fair_views.remove, name="remove-post"),
    path("review/post/<int:pk>/restore/", fair_views.restore, name="restore-post"),
    path("review/text/<int:pk>/keep/", fair_views.keep_shown, name="keep-shown"),
    path("review/thread/<int:pk>/lock/", fair_views.lock, name="lock-thread"),
    path("review/thread/<int:pk>/unlock/", fair_views.unlock, name="unlock-thread"),
    path("review/member/<int:pk>/trust/", fair_views.trust, name="trust"),
    path("review/member/<int:pk>/trust/end/", fair_views.end_trust, name="end-trust"),
]
