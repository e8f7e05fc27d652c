"""Forms of the moderation actions on published posts and threads."""

import re
from typing import Any

from django import forms

from core.html_text import shorten
from forum.models import Category, ClinicalNote, Post, Thread
from forum.moderation.item_forms import MAY_BE_READ, NOTE, MarkdownForm, RefuseForm
from forum.moderation.thread_actions import MAX_SLOW_MINUTES

ADDRESS = re.compile(r"(?:.*/thread/)?(\d{1,18})(?:/.*)?", re.DOTALL)
POSITIONS = re.compile(r"\s*(\d{1,7})\s*(?:[-–]\s*(\d{1,7})\s*)?")
MAX_SPLIT_POSTS = 200
REASON: Any = {"required": False, "max_length": 240, "label": "Reason (for the log, which moderators read)"}


class PublishedForm(forms.Form):
    """Base of these forms; without fields of its own. `about` is the post or thread that the action is for.

    `first_step` is the button of a form that shows something before its action is carried out, and not before.
    """

    first_step = ""

    def __init__(self, *args: Any, about: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about

    def is_confirmed(self) -> bool:
        return True


class DangerForm(PublishedForm):
    reason = forms.CharField(
        label="What worries you (moderators only; it stays in the log)",
        max_length=500,
        widget=NOTE,
        help_text=MAY_BE_READ,
    )


class RefusalForm(PublishedForm, RefuseForm):
    """A reason and a message; if the message is empty, the author gets the standard text of the reason."""


class RestoreForm(PublishedForm):
    note = forms.CharField(label="Message to the author", required=False, max_length=2000, widget=NOTE)


class ClinicalForm(PublishedForm, MarkdownForm):
    markdown = "body"
    body = forms.CharField(
        label="Clinical note",
        max_length=2000,
        widget=NOTE,
        help_text="Everyone can read it beside the post, with your name and profession. "
        "Link to the guide like this: [text](/guide/…/).",
    )


class NoteForm(PublishedForm):
    note = forms.ModelChoiceField(ClinicalNote.objects.none(), label="Note", empty_label=None)

    def __init__(self, *args: Any, about: Post, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        field: Any = self.fields["note"]
        field.queryset = about.notes.filter(state=ClinicalNote.State.SHOWN).select_related("by")
        field.label_from_instance = lambda note: f"{note.by}: {shorten(note.body, 60)}"


class SlowForm(PublishedForm):
    minutes = forms.IntegerField(
        label="Minutes between two posts by the same person",
        min_value=0,
        max_value=MAX_SLOW_MINUTES,
        help_text="0 turns slow mode off.",
    )


class MoveForm(PublishedForm):
    category = forms.ModelChoiceField(Category.objects.none(), label="Category", empty_label="Choose a category")
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, about: Thread, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = Category.objects.exclude(pk=about.category_id)


class MergeForm(PublishedForm):
    """The other thread. Its page shows that thread first, and sends its number back as `seen`."""

    first_step = "Show that thread"
    shown: Thread | None = None
    into = forms.CharField(label="Merge into", max_length=300, help_text="The address or number of the other thread.")
    reason = forms.CharField(**REASON)

    def clean_into(self) -> Thread:
        found = ADDRESS.fullmatch(self.cleaned_data["into"].strip())
        thread = Thread.objects.published().select_related("category").filter(pk=found[1]).first() if found else None
        if thread is None:
            raise forms.ValidationError("There is no public thread with this address or number.")
        self.shown = thread
        return thread

    def is_confirmed(self) -> bool:
        return self.shown is not None and self.data.get(self.add_prefix("seen")) == str(self.shown.pk)

    def shown_posts(self) -> list[Post]:
        """The first and the newest readable post of the other thread."""
        posts = Post.objects.filter(thread=self.shown, state=Post.State.PUBLISHED).order_by("position")
        posts = posts.select_related("author", "thread", "live_revision")
        return list(dict.fromkeys(post for post in (posts.first(), posts.last()) if post))


class SplitForm(PublishedForm):
    posts = forms.CharField(
        label="Posts", max_length=300, help_text="Post numbers, like 3, 5–7. You can’t split off the first post."
    )
    title = forms.CharField(label="Title of the new thread", max_length=140)
    reason = forms.CharField(**REASON)

    def clean_posts(self) -> list[Post]:
        found = [POSITIONS.fullmatch(part) for part in self.cleaned_data["posts"].split(",")]
        if not all(found):
            raise forms.ValidationError("Enter post numbers, like 3, 5–7.")
        spans = [(int(match[1]), int(match[2] or match[1])) for match in found if match]
        if sum(max(0, last - first + 1) for first, last in spans) > MAX_SPLIT_POSTS:
            raise forms.ValidationError(f"At most {MAX_SPLIT_POSTS} posts at once.")
        positions = {position for first, last in spans for position in range(first, last + 1)}
        posts = list(Post.objects.filter(thread=self.about, position__in=positions, state=Post.State.PUBLISHED))
        missing = sorted(positions - {post.position for post in posts} | positions & {1})
        if missing or not posts:
            raise forms.ValidationError(f"You can’t split off these: {', '.join(map(str, missing)) or 'none chosen'}.")
        return posts
