"""URLs of a member's own sanctions and appeals."""

from django.urls import path

from accounts.conduct import views

urlpatterns = [
    path("conduct/", views.conduct, name="conduct"),
    path("conduct/<int:pk>/appeal/", views.appeal, name="appeal-sanction"),
]
