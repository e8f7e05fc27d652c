"""What is counted and shown: the public page, and the moderators' log and figures. Included by forum.urls."""

from django.urls import path

from forum import transparency
from forum.moderation import log_views, second_views, statistics_views

urlpatterns = [
    path("transparency/", transparency.transparency, name="transparency"),
    path("transparency/<int:year>/<int:month>/", transparency.transparency, name="transparency-month"),
    path("moderation/second-readings/", second_views.second_readings, name="second-readings"),
    path("moderation/second-readings/<int:pk>/", second_views.second_reading, name="second-reading"),
    path("moderation/statistics/", statistics_views.show, name="statistics"),
    path("moderation/decisions/", log_views.decision_log, name="decision-log"),
    path("mine/decisions/", log_views.my_decisions, name="my-decisions"),
]
