from time import time
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing

from forum.posting.posts import Words
from forum.text.markdown import MAX_CHARACTERS
from forum.text.unicode_sanitizer import can_be_seen, printable, tamed

WORDS = ("body", "title", "warning", "anonymous", "members_only")
SALT = "forum.form"


def must_be_seen(text: str) -> None:
    if not can_be_seen(text):
        raise forms.ValidationError("There is nothing in it that can be read. Please write a word.")


class Line(forms.CharField):
    """One line beside which other things stand: nothing in it may turn them round or lie over them."""

    def to_python(self, value: object) -> str:
        return tamed(super().to_python(value) or "")


class Lines(forms.CharField):
    """As somebody typed it, but for what is no sign at all."""

    def to_python(self, value: object) -> str:
        return printable(super().to_python(value) or "")


class PostForm(forms.Form):
    """A member's words. The key makes a second click, or a resend after an error, the same post."""

    body = Lines(
        label="Your post",
        max_length=MAX_CHARACTERS,
        validators=[must_be_seen],
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": MAX_CHARACTERS}),
        help_text="You can use **bold**, *italics*, lists and > quotations.",
    )
    warning = Line(
        label="Content warning",
        validators=[must_be_seen],
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
        if time() - begun < settings.FORUM_MIN_FORM_SECONDS:
            raise forms.ValidationError("That was very quick. Please read it once more, and send it again.")
        return str(begun)

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data[name] for name in WORDS if name in self.cleaned_data})


class ThreadForm(PostForm):
    title = Line(
        label="Title", max_length=140, validators=[must_be_seen], help_text="Your question or subject in one line."
    )
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
    title = Line(label="Title", max_length=140, validators=[must_be_seen])
