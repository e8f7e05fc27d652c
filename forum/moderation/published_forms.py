"""What a moderator chooses and writes to act on what is public: a post, its notes, or a whole thread."""

import re
from typing import Any

from django import forms

from forum.models import Category, ClinicalNote, Post, Thread
from forum.moderation.item_forms import NOTE, RefuseForm
from forum.moderation.thread_actions import SLOWEST

ADDRESS = re.compile(r"(?:.*/thread/)?(\d{1,18})(?:/.*)?", re.DOTALL)
PLACES = re.compile(r"\s*(\d{1,7})\s*(?:[-–]\s*(\d{1,7})\s*)?")
MOST = 200  # posts that go in one act
WHY: Any = {"required": False, "max_length": 240, "label": "Why (for the log; moderators read it)"}


class EmptyForm(forms.Form):
    """A button is enough. Every form here knows about what it is asked."""

    def __init__(self, *args: Any, about: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about


class NoForm(EmptyForm, RefuseForm):
    """A reason, and words; without words the author gets the standard ones."""


class RestoreForm(EmptyForm):
    note = forms.CharField(label="Words to the author", required=False, max_length=2000, widget=NOTE)


class ClinicalForm(EmptyForm):
    body = forms.CharField(
        label="Clinical note",
        max_length=2000,
        widget=NOTE,
        help_text="Everybody reads it beside the post, with your name and profession. Link the guide as [words](/guide/…/).",
    )


class NoteForm(EmptyForm):
    note = forms.ModelChoiceField(ClinicalNote.objects.none(), label="Which note", empty_label=None)

    def __init__(self, *args: Any, about: Post, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        field: Any = self.fields["note"]
        field.queryset = about.notes.filter(state=ClinicalNote.State.SHOWN).select_related("by")
        field.label_from_instance = lambda note: f"{note.by}: {note.body[:60]}"


class SlowForm(EmptyForm):
    minutes = forms.IntegerField(
        label="Minutes between two posts of one person", min_value=0, max_value=SLOWEST, help_text="0 ends it."
    )


class MoveForm(EmptyForm):
    category = forms.ModelChoiceField(Category.objects.none(), label="To which room", empty_label="Choose a room")
    reason = forms.CharField(**WHY)

    def __init__(self, *args: Any, about: Thread, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = Category.objects.exclude(pk=about.category_id)


class MergeForm(EmptyForm):
    into = forms.CharField(label="Into which thread", max_length=300, help_text="Its address, or its number.")
    reason = forms.CharField(**WHY)

    def clean_into(self) -> Thread:
        found = ADDRESS.fullmatch(self.cleaned_data["into"].strip())
        thread = Thread.objects.published().filter(pk=found[1]).first() if found else None
        if thread is None:
            raise forms.ValidationError("No thread that can be read has this address or number.")
        return thread


class SplitForm(EmptyForm):
    posts = forms.CharField(
        label="Which posts", max_length=300, help_text="Their places in the thread, like: 3, 5–7. Not the first."
    )
    title = forms.CharField(label="Title of the new thread", max_length=140)
    reason = forms.CharField(**WHY)

    def clean_posts(self) -> list[Post]:
        found = [PLACES.fullmatch(part) for part in self.cleaned_data["posts"].split(",")]
        if not all(found):
            raise forms.ValidationError("Give the places as numbers, like: 3, 5–7.")
        spans = [(int(match[1]), int(match[2] or match[1])) for match in found if match]
        if sum(max(0, last - first + 1) for first, last in spans) > MOST:
            raise forms.ValidationError(f"At most {MOST} posts at once.")
        places = {place for first, last in spans for place in range(first, last + 1)}
        posts = list(Post.objects.filter(thread=self.about, position__in=places, state=Post.State.PUBLISHED))
        missing = sorted(places - {post.position for post in posts} | places & {1})
        if missing or not posts:
            raise forms.ValidationError(f"These cannot go: {', '.join(map(str, missing)) or 'none chosen'}.")
        return posts
