"""Views of second reviews. They do not show the first decision."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, SecondReview
from forum.moderation.access import moderator_required
from forum.oversight import second_review
from forum.permissions import can_complete_second_review

PAGE = 30


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label="What would you decide?", choices=list(second_review.VERDICTS.items()), widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label="Why?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Required if you wouldn’t publish it. Only the lead reads it.",
    )

    def clean(self) -> None:
        fields = self.cleaned_data
        refused = fields.get("verdict") not in (None, Decision.Action.APPROVED)
        if refused and not fields.get("comment", "").strip():
            self.add_error("comment", "Please say why. The lead compares both reasons.")


@moderator_required
@require_safe
def second_reviews(request: AuthenticatedHttpRequest) -> HttpResponse:
    rows = SecondReview.objects.to_read(request.user)[:PAGE]
    return render(request, "forum/oversight/second_reviews.html", {"rows": rows})


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_review_form(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SecondReview.objects.select_related("decision__revision__post__thread__category"), pk=pk)
    if not can_complete_second_review(request.user, found):
        raise Http404
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_review.record_verdict(found, by=request.user, **form.cleaned_data)
        messages.success(request, "Thank you. The post stays as it is.")
        return redirect("forum:second-reviews")
    if found.read_at is not None:
        raise second_review.Superseded("Someone else has already done this review.")
    context = {"review": found, "revision": found.decision.revision, "form": form}
    return render(request, "forum/oversight/second_review.html", context)
