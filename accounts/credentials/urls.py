"""URLs of the clinician's badge, for applicants and readers."""

from django.urls import path

from accounts.credentials import views

urlpatterns = [
    path("badge/", views.badge, name="badge"),
    path("badge/how-verification-works/", views.how_verification_works, name="how-verification-works"),
    path("badge/apply/", views.apply, name="badge-apply"),
    path("badge/<int:pk>/", views.application, name="badge-application"),
    path("badge/<int:pk>/answer/", views.answer, name="badge-answer"),
    path("badge/<int:pk>/withdraw/", views.withdraw, name="badge-withdraw"),
    path("badge/<int:pk>/name/", views.name, name="badge-name"),
    path("who-moderates/", views.who_moderates, name="who-moderates"),
]
