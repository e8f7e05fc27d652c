"""Suggestions while a thread is being written: what may already answer its title."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.requests import AuthenticatedHttpRequest
from forum.models import Thread
from forum.text.markdown import MAX_CHARACTERS
from forum.text.unicode_sanitizer import strip_invalid_characters
from forum.triage.crisis_queries import has_red_match, is_crisis
from forum.triage.detection import PARTS
from guide.search import query as guide_search

MAX_TITLE = 140


@login_required
@never_cache
@require_POST
def suggest(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Suggest guide sections and threads. For a draft about danger, show only where to get help."""
    title = strip_invalid_characters(request.POST.get("title", "")[:MAX_TITLE])
    parts = {part: request.POST.get(part, "")[:MAX_CHARACTERS] for part in PARTS}
    if is_crisis(title) or has_red_match(parts):
        return render(request, "components/_crisis_help.html")
    threads = Thread.objects.visible_to(request.user).with_title_like(title)[:4]
    found = {"sections": guide_search.suggest(title)[:3], "threads": threads}
    return render(request, "forum/posting/_similar_threads.html", found)
