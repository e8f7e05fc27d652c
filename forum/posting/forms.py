"""Forms for threads, replies and edits."""

from time import time
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing

from forum.posting.posts import PostText
from forum.text.markdown import MAX_CHARACTERS
from forum.text.unicode_sanitizer import has_visible_characters, strip_invalid_characters, strip_unsafe_characters

TEXT_FIELDS = ("body", "title", "warning", "anonymous", "members_only")
SALT = "forum.form"


def validate_not_blank(text: str) -> None:
    if not has_visible_characters(text):
        raise forms.ValidationError("Your post is empty.")


def validate_title(text: str) -> None:
    if not has_visible_characters(text):
        raise forms.ValidationError("Write a title.")


class SingleLineField(forms.CharField):
    """Single-line text; strips bidi overrides and stacked combining marks."""

    def to_python(self, value: object) -> str:
        return strip_unsafe_characters(super().to_python(value) or "")


class MultiLineField(forms.CharField):
    """Multi-line text; strips characters that are invalid in HTML and XML. A line break counts as one character."""

    def to_python(self, value: object) -> str:
        return strip_invalid_characters(super().to_python(value) or "").replace("\r\n", "\n")


class PostForm(forms.Form):
    """A member's text. `key` identifies the form: a double click or a resend makes one post."""

    body = MultiLineField(
        label="Your post",
        max_length=MAX_CHARACTERS,
        validators=[validate_not_blank],
        error_messages={"required": "Write your post."},
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": MAX_CHARACTERS}),
        help_text="You can use **bold**, *italics*, lists and > quotations.",
    )
    warning = SingleLineField(
        label="Content warning",
        validators=[validate_not_blank],
        max_length=80,
        required=False,
        help_text="Readers see this warning first and open your post if they want to.",
    )
    anonymous = forms.BooleanField(
        label="Post anonymously",
        required=False,
        help_text="Others see “Anonymous member” and a number instead of your name. Moderators can see who you are.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    begun = forms.CharField(widget=forms.HiddenInput, required=False, initial=lambda: signing.dumps(time(), salt=SALT))

    field_order = ["title", "body", "warning", "anonymous", "members_only"]

    def clean_begun(self) -> str:
        """Refuse a form sent faster than a person can write, as bots do. A person loses nothing and can send it again.

        Accept a form from the future: a person opened it before the server's clock was set back.
        """
        try:
            begun = signing.loads(self.cleaned_data["begun"], salt=SALT)
        except signing.BadSignature:
            begun = time()
            self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            self.data[self.add_prefix("begun")] = signing.dumps(begun, salt=SALT)  # type: ignore[index]
        if 0 <= time() - begun < settings.FORUM_MIN_FORM_SECONDS:
            self.add_error(None, "That was very quick. Please check your post and send it again.")
        return str(begun)

    def text(self) -> PostText:
        return PostText(**{name: self.cleaned_data[name] for name in TEXT_FIELDS if name in self.cleaned_data})


class ThreadForm(PostForm):
    title = SingleLineField(
        label="Title",
        max_length=140,
        validators=[validate_title],
        error_messages={"required": "Write a title."},
        help_text="Your question or topic in one line.",
    )
    members_only = forms.BooleanField(
        label="Members only", required=False, help_text="Visitors and search engines can’t see it."
    )


class ReplyForm(PostForm):
    quoted = forms.IntegerField(widget=forms.HiddenInput, required=False)


class EditForm(PostForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    anonymous = None  # type: ignore[assignment]


class ThreadEditForm(EditForm):
    title = SingleLineField(
        label="Title", max_length=140, validators=[validate_title], error_messages={"required": "Write a title."}
    )
