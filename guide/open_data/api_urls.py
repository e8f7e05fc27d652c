"""URLs of the API. Addresses of this version stay, and what they answer only gains fields."""

from django.urls import path

from guide.open_data import api_views

urlpatterns = [
    path("", api_views.index, name="api-index"),
    path("openapi.json", api_views.openapi, name="openapi"),
    path("articles/", api_views.articles, name="api-articles"),
    path("articles/<slug:slug>/", api_views.article, name="api-article"),
    path("questions/", api_views.questions, name="api-questions"),
    path("comparison/", api_views.comparison, name="api-comparison"),
    path("cards/sections/<slug:slug>/<slug:anchor>/", api_views.section_card, name="api-section-card"),
    path("cards/questions/<slug:slug>/", api_views.question_card, name="api-question-card"),
]
