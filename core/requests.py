"""Types of requests and users, for annotations."""

from typing import TYPE_CHECKING, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:  # from the mypy plugin: AUTH_USER_MODEL without importing `accounts`
    from django.contrib.auth.models import _AnyUser, _User

AnyUser: TypeAlias = "_AnyUser"  # a member or AnonymousUser


class AuthenticatedHttpRequest(HttpRequest):
    """The request of a view that requires login."""

    user: "_User"


def authenticated_user(request: HttpRequest) -> "_User":
    """Return the user of a request typed as HttpRequest, as in the admin. Raises PermissionDenied if anonymous."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
