"""View for an author's question about a decision."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.requests import AuthenticatedHttpRequest
from forum.appeals import questions
from forum.appeals.forms import AnswerToMessageForm, QuestionForm
from forum.models import Decision
from forum.permissions import can_ask_about_decision


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    own = Decision.objects.filter(revision__post__author=request.user).select_related("revision__post", "question")
    decision = get_object_or_404(own, pk=pk)
    if not can_ask_about_decision(request.user, decision):
        return redirect("forum:my-post", decision.revision.post_id)
    is_message = decision.action == Decision.Action.MESSAGE
    form = (AnswerToMessageForm if is_message else QuestionForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        questions.ask(decision, by=request.user, text=form.cleaned_data["text"])
        return redirect("forum:my-post", decision.revision.post_id)
    return render(request, "forum/appeals/question.html", {"form": form, "decision": decision})
