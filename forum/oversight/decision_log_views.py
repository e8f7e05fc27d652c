"""Two pages of one log: everything for moderators, one's own for members."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, Lane
from forum.moderation import reason_templates
from forum.moderation.access import for_moderators
from forum.oversight.decision_log import Wanted, all_decisions, decisions_about, page_of


@for_moderators
@require_safe
def decision_log(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/oversight/decision_log.html", _page(request, all_decisions()))


@never_cache
@login_required
@require_safe
def my_decisions(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/oversight/my_decisions.html", _page(request, decisions_about(request.user)))


def _page(request: HttpRequest, decisions: Any) -> dict[str, Any]:
    wanted = Wanted.from_query(request.GET)
    rows, older = page_of(decisions, wanted)
    kept = request.GET.copy()
    kept.pop("before", None)
    choices = {"actions": Decision.Action.choices, "lanes": Lane.choices, "reasons": reason_templates.to_refuse()[1:]}
    return {"rows": rows, "older": older, "wanted": wanted, "kept": kept.urlencode()} | choices
