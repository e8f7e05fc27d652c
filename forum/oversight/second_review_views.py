"""The page of second readings: texts without a word on how the first clinician decided."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.requests import AuthenticatedHttpRequest
from forum.models import Decision, SecondReview
from forum.moderation.access import for_moderators
from forum.oversight import second_review
from forum.permissions import can_read_again

PAGE = 30


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label="What would you have decided?", choices=list(second_review.VERDICTS.items()), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="Why?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed where you would not have published it. Only the lead reads it.",
    )

    def clean(self) -> None:
        said = self.cleaned_data
        refused = said.get("verdict") not in (None, Decision.Action.APPROVED)
        if refused and not said.get("words", "").strip():
            self.add_error("words", "Please say why: the lead compares both reasons.")


@for_moderators
@require_safe
def second_readings(request: AuthenticatedHttpRequest) -> HttpResponse:
    rows = SecondReview.objects.to_read(request.user)[:PAGE]
    return render(request, "forum/oversight/second_reviews.html", {"rows": rows})


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def second_reading(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SecondReview.objects.select_related("decision__revision__post__thread__category"), pk=pk)
    if not can_read_again(request.user, found):
        raise Http404
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        second_review.read_again(found, by=request.user, **form.cleaned_data)
        messages.success(request, "Thank you. Nothing that readers see was changed.")
        return redirect("forum:second-reviews")
    if found.read_at is not None:
        raise second_review.Superseded("Somebody has read this a second time.")
    context = {"reading": found, "revision": found.decision.revision, "form": form}
    return render(request, "forum/oversight/second_review.html", context)
