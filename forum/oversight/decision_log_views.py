"""Views of the moderators' log, and of the decisions on a member's own posts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.pagination import Page
from core.requests import AuthenticatedHttpRequest
from forum.moderation.access import moderator_required
from forum.oversight import moderation_log
from forum.oversight.decision_log import decisions_about, page_of
from forum.oversight.forms import DecisionFilterForm, LogFilterForm


@moderator_required
@require_safe
def decision_log(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = LogFilterForm(request.GET, actions=moderation_log.actions())
    filters = form.filters() if form.is_valid() else None
    context = {
        "form": form,
        "page": moderation_log.log_page(filters, request.user) if filters else Page([], ""),
        "found": moderation_log.count(filters, request.user) if filters and filters.any else None,
        "counted": moderation_log.COUNTED,
    }
    return render(request, "forum/oversight/decision_log.html", context)


@never_cache
@login_required
@require_safe
def my_decisions(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = DecisionFilterForm(request.GET)
    page = page_of(decisions_about(request.user), form.filters()) if form.is_valid() else Page([], "")
    return render(request, "forum/oversight/my_decisions.html", {"form": form, "page": page})
