"""URL of advice for authors while they write."""

from django.urls import path

from forum.triage import advice_view

urlpatterns = [
    path("advice/", advice_view.advice, name="advice-fragment"),
]
