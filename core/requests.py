"""Types of requests and of those who send them. For annotations: Django itself makes the objects."""

from typing import TYPE_CHECKING, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:  # names of the type checker's plugin: whatever AUTH_USER_MODEL is, without an import from `accounts`
    from django.contrib.auth.models import _AnyUser, _User

AnyUser: TypeAlias = "_AnyUser"  # a member or AnonymousUser


class AuthenticatedHttpRequest(HttpRequest):
    """What a view behind a login gets."""

    user: "_User"


def authenticated_user(request: HttpRequest) -> "_User":
    """Return the user of a request where Django's signature allows any, as in the admin. Raises PermissionDenied."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
