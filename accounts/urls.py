"""URLs of accounts: one module per package, all in the namespace `accounts`."""

from django.urls import include, path

app_name = "accounts"

urlpatterns = [
    path("", include("accounts.profiles.urls")),
    path("", include("accounts.auth.urls")),
    path("", include("accounts.notifications.urls")),
    path("", include("accounts.credentials.urls")),
    path("", include("accounts.conduct.urls")),
    path("", include("accounts.privacy.urls")),
]
