"""Views of a moderator's own saved replies: list, new, change, delete."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.requests import AuthenticatedHttpRequest
from forum.models import SavedReply
from forum.moderation.access import moderator_required

MAX_REPLIES = 50


class SavedReplyForm(forms.ModelForm):
    class Meta:
        model = SavedReply
        fields = ["title", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 5, "maxlength": 2000})}

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if SavedReply.objects.filter(by=self.instance.by, title=title).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("You already have a saved reply with this title.")
        return title

    def clean(self) -> None:
        super().clean()
        if self.instance.pk is None and SavedReply.objects.filter(by=self.instance.by).count() >= MAX_REPLIES:
            raise forms.ValidationError(f"You can keep {MAX_REPLIES} saved replies. Delete one first.")


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_replies(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = SavedReplyForm(request.POST or None, instance=SavedReply(by=request.user))
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("forum:saved-replies")
    replies = SavedReply.objects.filter(by=request.user)
    return render(request, "forum/moderation/saved_replies.html", {"form": form, "replies": replies})


@moderator_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_reply(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    reply = get_object_or_404(SavedReply, pk=pk, by=request.user)
    form = SavedReplyForm(request.POST or None, instance=reply)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("forum:saved-replies")
    return render(request, "forum/moderation/saved_reply.html", {"form": form, "reply": reply})


@moderator_required
@require_POST
def delete_saved_reply(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedReply, pk=pk, by=request.user).delete()
    messages.success(request, "Deleted.")
    return redirect("forum:saved-replies")
