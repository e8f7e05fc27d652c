"""URLs of data exports and account deletion."""

from django.urls import path

from accounts.privacy import views

urlpatterns = [
    path("data/", views.data, name="data"),
    path("data/<int:pk>/", views.download, name="download"),
    path("leave/", views.delete_account, name="delete-account"),
    path("stay/", views.cancel_deletion, name="cancel-deletion"),
]
