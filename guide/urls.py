"""URLs of the guide."""

from django.urls import include, path

app_name = "guide"

urlpatterns = [
    path("", include("guide.pages.urls")),
]
