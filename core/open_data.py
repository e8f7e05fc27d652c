"""What all open data of the site have in common: full addresses, license, and that any other site may read them."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse

LICENSE = "MIT"


def absolute_url(path: str) -> str:
    return f"{settings.SITE_ADDRESS}{path}"


def about() -> dict[str, str]:
    """Return the fields that every open file has."""
    return {"about": absolute_url(reverse("open-data")), "license": LICENSE}


def open_json(data: Any, status: int = HTTPStatus.OK) -> HttpResponse:
    """Return data as JSON that any other site may read."""
    return open_to_all(JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1}))


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Let scripts of any other site read the response."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
