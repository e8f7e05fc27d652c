"""Pages of moderators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from forum.permissions import can_moderate
from forum.services.moves import IllegalMove

View = Callable[..., HttpResponse]


def for_moderators(view: View) -> View:
    """For everybody else there is no such page. Where somebody was quicker, that is said, and nothing is done."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not can_moderate(request.user):
            raise Http404
        try:
            return view(request, **kwargs)
        except IllegalMove as gone:
            return render(request, "forum/moderation/gone.html", {"gone": gone}, status=409)

    return never_cache(guarded)
