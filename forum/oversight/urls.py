"""URLs of the decision log, second reviews, statistics and the transparency page."""

from django.urls import path

from forum.oversight import decision_log_views, open_figures, second_review_views, statistics_views, transparency

urlpatterns = [
    path("transparency/", transparency.transparency, name="transparency"),
    path("transparency/<int:year>/<int:month>/", transparency.transparency, name="transparency-month"),
    path("transparency/<int:year>/<int:month>/figures.csv", open_figures.figures_csv, name="transparency-csv"),
    path("transparency/<int:year>/<int:month>/figures.json", open_figures.figures_json, name="transparency-json"),
    path("moderation/second-readings/", second_review_views.second_reviews, name="second-reviews"),
    path("moderation/second-readings/<int:pk>/", second_review_views.second_review_form, name="second-review"),
    path("moderation/statistics/", statistics_views.show, name="statistics"),
    path("moderation/decisions/", decision_log_views.decision_log, name="decision-log"),
    path("mine/decisions/", decision_log_views.my_decisions, name="my-decisions"),
]
