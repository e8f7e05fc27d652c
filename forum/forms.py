from time import time
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing

from forum.rendering import MAX_CHARACTERS
from forum.services.posting import Words

WORDS = ("body", "title", "warning", "anonymous", "members_only")
SALT = "forum.form"


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
    begun = forms.CharField(widget=forms.HiddenInput, required=False, initial=lambda: signing.dumps(time(), salt=SALT))

    field_order = ["title", "body", "warning", "anonymous", "members_only"]

    def clean_begun(self) -> str:
        """A program fills a form at once; a person takes a moment, and loses nothing by being asked to send again."""
        try:
            begun = signing.loads(self.cleaned_data["begun"], salt=SALT)
        except signing.BadSignature:
            begun = time()
        if time() - begun < settings.FORUM_LEAST_SECONDS:
            raise forms.ValidationError("That was very quick. Please read it once more, and send it again.")
        return str(begun)

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data[name] for name in WORDS if name in self.cleaned_data})


class ThreadForm(PostForm):
    title = forms.CharField(label="Title", max_length=140, help_text="Your question or subject in one line.")
    members_only = forms.BooleanField(
        label="For members only", required=False, help_text="Not shown to visitors or search engines."
    )


class ReplyForm(PostForm):
    quoted = forms.IntegerField(widget=forms.HiddenInput, required=False)


class EditForm(PostForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    anonymous = None  # type: ignore[assignment]


class ThreadEditForm(EditForm):
    title = forms.CharField(label="Title", max_length=140)
