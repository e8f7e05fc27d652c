"""Autocomplete for “@”: offers only members who post in the thread under their own name."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.text.name_rules import MAX_LENGTH
from core.requests import AuthenticatedHttpRequest
from forum.models import Thread
from forum.publishing.mentions import mentionable_members


@never_cache
@login_required
@require_safe
def people(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=pk)
    prefix = request.GET.get("name", "")[:MAX_LENGTH]
    found = mentionable_members(thread, prefix, by=request.user)
    return render(request, "forum/posting/_mention_suggestions.html", {"people": found})
