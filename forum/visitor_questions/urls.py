"""URLs of questions without an account. A code is never part of an address."""

from django.urls import path

from forum.visitor_questions import views

urlpatterns = [
    path("", views.ask, name="ask"),
    path("code/", views.question, name="question"),
    path("change/", views.change, name="change-question"),
    path("take-down/", views.take_down, name="take-down-question"),
    path("claim/", views.claim, name="claim-question"),
]
