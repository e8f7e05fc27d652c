"""Moderation actions on published posts and threads: title, form, effects and service of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import User
from forum.models import ClinicalNote, Post, Thread
from forum.moderation import clinical_notes, post_removal, published_forms, thread_actions
from forum.moderation.urgency import flag_danger
from forum.permissions import can_lock_thread, can_moderate_post, can_remove_post, can_restore_post

Run = Callable[[Any, Any, User], object]


@dataclass(frozen=True)
class PublishedAction:
    """An action on a published post or thread.

    `author_sees` is the author's notification, empty if there is none; `readers_see` the effect on the page; `error_field`
    the form field that shows the service's ValidationError. An action that `waits` takes effect when it can't be undone
    anymore; `done` is the success message of one that takes effect at once.
    """

    name: str
    title: str
    button: str
    author_sees: str
    readers_see: str
    form: type[published_forms.PublishedForm]
    run: Run
    error_field: str | None = None
    waits: bool = True
    done: str = ""


DANGER = PublishedAction(
    *("danger", "This person may be in danger", "Put it in red"),
    "",
    "Nothing.",
    published_forms.DangerForm,
    lambda post, form, by: flag_danger(post, by=by, **form.cleaned_data),
    waits=False,
    done="In red, and those on duty have been told. You can send the help card here.",
)
HIDE = PublishedAction(
    *("hide", "Hide it during review", "Hide"),
    "A moderator is reviewing your post. Others can’t read it until then.",
    "“A moderator is reviewing this post.” in its place.",
    published_forms.RefusalForm,
    lambda post, form, by: post_removal.hide(post, by=by, **form.cleaned_data),
    waits=False,
    done="Hidden.",
)
REMOVE = PublishedAction(
    *("remove", "Remove it", "Remove"),
    "A moderator removed your post. (They can ask about it once, and appeal once to another moderator.)",
    "“This post was removed by a moderator.” in its place, with the title of the reason.",
    published_forms.RefusalForm,
    lambda post, form, by: post_removal.remove(post, by=by, **form.cleaned_data),
)
RESTORE = PublishedAction(
    *("restore", "Restore it", "Restore"),
    "Your post is back in the forum.",
    "The post, in its old place.",
    published_forms.RestoreForm,
    lambda post, form, by: post_removal.restore(post, by=by, **form.cleaned_data),
)
NOTE = PublishedAction(
    *("note", "Add a clinical note", "Add the note"),
    "A clinician added a note to your post.",
    "The note beside the post, with your name and profession. The post stays as written.",
    published_forms.ClinicalForm,
    lambda post, form, by: clinical_notes.add_note(post, by=by, **form.cleaned_data),
)
STALE = PublishedAction(
    *("stale", "Flag a note as outdated", "Add it to the queue"),
    "",
    "No change until a colleague has checked the note.",
    published_forms.NoteForm,
    lambda post, form, by: clinical_notes.flag_note(form.cleaned_data["note"], by=by),
    waits=False,
    done="The note is in the queue.",
)
UNNOTE = PublishedAction(
    *("withdraw-note", "Withdraw a clinical note", "Withdraw the note"),
    "",
    "The post without the note.",
    published_forms.NoteForm,
    lambda post, form, by: clinical_notes.withdraw_note(form.cleaned_data["note"], by=by),
)
ANSWER = PublishedAction(
    *("answer", "Mark it as the clinician’s answer", "Mark as answer"),
    "",
    "This post directly below the question, as the clinician’s answer.",
    published_forms.PublishedForm,
    lambda post, form, by: thread_actions.mark_answer(post, by=by),
    waits=False,
    done="Marked as the clinician’s answer.",
)
LOCK = PublishedAction(
    *("lock", "Close it to new posts", "Close the thread"),
    "A moderator closed your thread to new posts.",
    "“This thread is closed to new posts. You can still read it.”",
    published_forms.PublishedForm,
    lambda thread, form, by: post_removal.lock(thread, by=by),
)
UNLOCK = PublishedAction(
    *("unlock", "Open it again", "Open the thread"),
    "A moderator reopened your thread.",
    "They can reply again.",
    published_forms.PublishedForm,
    lambda thread, form, by: post_removal.unlock(thread, by=by),
)
SLOW = PublishedAction(
    *("slow", "Slow mode", "Set slow mode"),
    "",
    "Anyone who posts again too soon is told how long to wait. Their text is kept.",
    published_forms.SlowForm,
    lambda thread, form, by: thread_actions.set_slow_mode(thread, by=by, **form.cleaned_data),
    error_field="minutes",
    waits=False,
    done="Slow mode changed.",
)
PIN = PublishedAction(
    *("pin", "Pin it", "Pin"),
    "",
    "The thread at the top of its category.",
    published_forms.PublishedForm,
    lambda thread, form, by: thread_actions.pin(thread, by=by, pinned=True),
    waits=False,
    done="Pinned.",
)
UNPIN = PublishedAction(
    *("unpin", "Unpin it", "Unpin"),
    "",
    "The thread in its usual place, by its newest post.",
    published_forms.PublishedForm,
    lambda thread, form, by: thread_actions.pin(thread, by=by, pinned=False),
    waits=False,
    done="Unpinned.",
)
MOVE = PublishedAction(
    *("move", "Move it to another category", "Move"),
    "A moderator moved your thread to another category. (The message names it.)",
    "The thread in the other category. Its address stays the same.",
    published_forms.MoveForm,
    lambda thread, form, by: thread_actions.move_thread(thread, by=by, **form.cleaned_data),
    error_field="category",
)
MERGE = PublishedAction(
    *("merge", "Merge it into another thread", "Merge"),
    "The author of the other thread: “A moderator joined another thread to yours.”",
    "The posts of this thread after those of the other. The old address redirects there permanently.",
    published_forms.MergeForm,
    lambda thread, form, by: thread_actions.merge(thread, by=by, **form.cleaned_data),
    error_field="into",
)
SPLIT = PublishedAction(
    *("split", "Split off posts", "Split"),
    "The author of the first of them: “A moderator made your post a thread of its own.”",
    "A new thread with these posts. Links to each post still work.",
    published_forms.SplitForm,
    lambda thread, form, by: thread_actions.split(form.cleaned_data["posts"], **_title_and_reason(form), by=by),
    error_field="posts",
)


def _title_and_reason(form: Any) -> dict[str, str]:
    return {"title": form.cleaned_data["title"], "reason": form.cleaned_data["reason"]}


def actions_for_post(post: Post, by: User) -> list[PublishedAction]:
    """Actions that `by` may take on the post now, the most common first."""
    if not can_moderate_post(by, post):
        return []
    actions = [DANGER]
    actions += [HIDE] if post.state == Post.State.PUBLISHED and can_remove_post(by, post) else []
    actions += [REMOVE] if can_remove_post(by, post) else []
    actions += [RESTORE] if can_restore_post(by, post) else []
    if post.state != Post.State.PUBLISHED:
        return actions
    if post.written_as_clinician and post.thread.answer_id != post.pk and can_lock_thread(by, post.thread):
        actions.append(ANSWER)
    has_note = post.notes.filter(state=ClinicalNote.State.SHOWN).exists()
    return [*actions, NOTE, *([STALE, UNNOTE] if has_note else [])]


def actions_for_thread(thread: Thread, by: User) -> list[PublishedAction]:
    if not can_lock_thread(by, thread):
        return []
    closed = thread.state == Thread.State.LOCKED
    return [UNLOCK if closed else LOCK, SLOW, UNPIN if thread.pinned else PIN, MOVE, MERGE, SPLIT]


def form_for(action: PublishedAction, about: Post | Thread, data: Any = None) -> forms.Form:
    initial = {"minutes": about.slow_minutes} if isinstance(about, Thread) else {}
    return action.form(data, prefix=action.name, about=about, initial=initial)
