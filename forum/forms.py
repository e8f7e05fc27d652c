from typing import Any
from uuid import uuid4

from django import forms

from forum.models import Reason
from forum.rendering import MAX_CHARACTERS
from forum.services.posting import Words


class PostForm(forms.Form):
    """A member's words. The key makes a second click, or a resend after an error, the same post."""

    body = forms.CharField(
        label="Your post",
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": MAX_CHARACTERS}),
        help_text="You can use **bold**, *italics*, lists and > quotations.",
    )
    warning = forms.CharField(
        label="Content warning (optional)",
        max_length=80,
        required=False,
        help_text="Folds the post behind these words.",
    )
    anonymous = forms.BooleanField(
        label="Post as “anonymous member”",
        required=False,
        help_text="Others see a number. Moderators can see who you are.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ["title", "body", "warning", "anonymous", "members_only"]

    def words(self) -> Words:
        found: dict[str, Any] = {k: v for k, v in self.cleaned_data.items() if k != "key"}
        return Words(**found)


class ThreadForm(PostForm):
    title = forms.CharField(label="Title", max_length=140, help_text="Your question or subject in one line.")
    members_only = forms.BooleanField(
        label="For members only", required=False, help_text="Not shown to visitors or search engines."
    )


class EditForm(PostForm):
    key = None  # type: ignore[assignment]
    anonymous = None  # type: ignore[assignment]


class ThreadEditForm(EditForm):
    title = forms.CharField(label="Title", max_length=140)


class DecisionForm(forms.Form):
    """One of three acts on the revision that was on the screen; a refusal needs its reason."""

    action = forms.ChoiceField(
        choices=[("approve", "Publish"), ("changes", "Ask for changes"), ("reject", "Do not publish")]
    )
    reason = forms.ChoiceField(choices=[("", "Choose a reason"), *Reason.choices], required=False)
    note = forms.CharField(
        label="Words to the author", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("action") in ("changes", "reject") and not found.get("reason"):
            self.add_error("reason", "The author needs to know why.")
        if found.get("action") == "changes" and not found.get("note"):
            self.add_error("note", "Say what to change.")
        return found
