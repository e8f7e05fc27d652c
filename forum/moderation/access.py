"""Access control for moderators' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.permissions import has_lapsed
from core.submitted_fields import submitted_fields
from core.transitions import IllegalTransition
from forum.permissions import can_moderate

View = Callable[..., HttpResponse]
LONGEST_LABEL = 40  # characters; shorter values are choices and keys, not text worth returning


def moderator_required(view: View) -> View:
    """Restrict a view to moderators: 404 for others, 403 with an explanation if the credential has lapsed.

    IllegalTransition, raised when someone else has changed the object in the meantime, becomes a 409 page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not can_moderate(request.user):
            return _refused(request)
        try:
            return view(request, **kwargs)
        except IllegalTransition as conflict:
            context = {"conflict": conflict, "typed": _typed(request)}
            return render(request, "forum/moderation/item_closed.html", context, status=409)

    return never_cache(guarded)


def _refused(request: HttpRequest) -> HttpResponse:
    """Return what a moderator with a lapsed credential had typed, so that nothing is lost. Raise Http404 for others."""
    if not has_lapsed(request.user):
        raise Http404
    context = {"typed": _typed(request), "minutes": settings.FORUM_CLAIM_MINUTES}
    return render(request, "forum/moderation/credential_lapsed.html", context, status=403)


def _typed(request: HttpRequest) -> list[str]:
    return [field.text for field in submitted_fields(request) if len(field.text) > LONGEST_LABEL]
