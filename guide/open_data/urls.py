"""URLs of the pages for clinics and libraries."""

from django.urls import path

from guide.open_data import clinic_views

urlpatterns = [
    path("", clinic_views.clinics, name="clinics"),
    path("cards/<slug:slug>/", clinic_views.article_cards, name="article-cards"),
    path("answer-cards/", clinic_views.answer_cards, name="answer-cards"),
]
