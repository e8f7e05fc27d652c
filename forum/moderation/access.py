"""Pages of moderators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.permissions import has_lapsed
from core.transitions import IllegalTransition
from forum.permissions import can_moderate

View = Callable[..., HttpResponse]
LABEL = 40  # characters: shorter values are choices and keys, not words that somebody would miss


def for_moderators(view: View) -> View:
    """For others there is no such page; a moderator whose credential has ended reads why.

    Where somebody was quicker, that is said, and nothing is done.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not can_moderate(request.user):
            return _refused(request)
        try:
            return view(request, **kwargs)
        except IllegalTransition as gone:
            return render(request, "forum/moderation/item_closed.html", {"gone": gone}, status=409)

    return never_cache(guarded)


def _refused(request: HttpRequest) -> HttpResponse:
    """A moderator whose credential has ended learns why, and keeps what they had typed. Raises Http404 for others."""
    if not has_lapsed(request.user):
        raise Http404
    typed = [text for key, text in request.POST.items() if key != "csrfmiddlewaretoken" and len(text) > LABEL]
    return render(
        request,
        "forum/moderation/credential_lapsed.html",
        {"typed": typed, "minutes": settings.FORUM_CLAIM_MINUTES},
        status=403,
    )
