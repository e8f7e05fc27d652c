"""Advice while the author types: the same as after sending. Nothing is stored."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.requests import AuthenticatedHttpRequest
from forum.text.markdown import MAX_CHARACTERS
from forum.triage.author_advice import advice_for
from forum.triage.detection import PARTS, detect


@login_required
@never_cache
@require_POST
def advice(request: AuthenticatedHttpRequest) -> HttpResponse:
    parts = {part: request.POST.get(part, "")[:MAX_CHARACTERS] for part in PARTS}
    return render(request, "forum/triage/_advice_fragment.html", advice_for(detect(parts), request.user))
