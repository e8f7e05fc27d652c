"""Views of the moderators' log, and of the decisions on a member's own posts."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.pagination import Page
from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, Lane
from forum.moderation import reason_templates
from forum.moderation.access import moderator_required
from forum.oversight import moderation_log
from forum.oversight.decision_log import LogFilters, decisions_about, page_of


@moderator_required
@require_safe
def decision_log(request: AuthenticatedHttpRequest) -> HttpResponse:
    filters = LogFilters.from_query(request.GET, dict(moderation_log.actions()))
    page = moderation_log.log_page(filters, request.user)
    choices = {"actions": moderation_log.actions(), "lanes": Lane.choices}
    return render(request, "forum/oversight/decision_log.html", _context(request, page, filters) | choices)


@never_cache
@login_required
@require_safe
def my_decisions(request: AuthenticatedHttpRequest) -> HttpResponse:
    filters = LogFilters.from_query(request.GET, dict(Decision.Action.choices))
    page = page_of(decisions_about(request.user), filters)
    choices = {"actions": Decision.Action.choices}
    return render(request, "forum/oversight/my_decisions.html", _context(request, page, filters) | choices)


def _context(request: HttpRequest, page: Page[Any], filters: LogFilters) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("before", None)
    reasons = reason_templates.refusal_choices()[1:]
    rows, older = page
    return {"rows": rows, "older": older, "filters": filters, "query": query.urlencode(), "reasons": reasons}
