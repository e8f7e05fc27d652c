"""Views of the decision log."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, Lane
from forum.moderation import reason_templates
from forum.moderation.access import moderator_required
from forum.oversight.decision_log import LogFilters, all_decisions, decisions_about, page_of


@moderator_required
@require_safe
def decision_log(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/oversight/decision_log.html", _page(request, all_decisions()))


@never_cache
@login_required
@require_safe
def my_decisions(request: AuthenticatedHttpRequest) -> HttpResponse:
    return render(request, "forum/oversight/my_decisions.html", _page(request, decisions_about(request.user)))


def _page(request: HttpRequest, decisions: Any) -> dict[str, Any]:
    filters = LogFilters.from_query(request.GET)
    rows, older = page_of(decisions, filters)
    query = request.GET.copy()
    query.pop("before", None)
    choices = {
        "actions": Decision.Action.choices,
        "lanes": Lane.choices,
        "reasons": reason_templates.refusal_choices()[1:],
    }
    return {"rows": rows, "older": older, "filters": filters, "query": query.urlencode()} | choices
