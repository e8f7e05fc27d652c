"""The acts that a public post or a thread allows: for each its words, its form, what people get, and the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import User
from forum.models import ClinicalNote, Post, Thread
from forum.moderation import clinical_notes, post_removal, published_forms, thread_actions
from forum.permissions import can_lock_thread, can_moderate_post, can_remove_post, can_restore_post

Do = Callable[[Any, Any, User], object]


@dataclass(frozen=True)
class PublicAct:
    """`told` says what the author gets, `shown` what readers see; `wrong` names the field beside which a refusal stands."""

    name: str
    title: str
    button: str
    told: str
    shown: str
    form: type[published_forms.EmptyForm]
    do: Do
    wrong: str | None = None


HIDE = PublicAct(
    *("hide", "Hide it while it is looked into", "Hide it"),
    "A moderator is reviewing your post. Others can’t read it until then.",
    "“A moderator is reviewing this post.” in its place.",
    published_forms.NoForm,
    lambda post, form, by: post_removal.hide(post, by=by, **form.cleaned_data),
)
REMOVE = PublicAct(
    *("remove", "Remove it", "Remove it"),
    "A moderator removed your post. (They may ask about it once, and appeal once to another moderator.)",
    "“This post was removed by a moderator.” in its place, with the title of the reason.",
    published_forms.NoForm,
    lambda post, form, by: post_removal.remove(post, by=by, **form.cleaned_data),
)
RESTORE = PublicAct(
    *("restore", "Restore it", "Restore it"),
    "Your post is back in the forum.",
    "The post in its old place, with its words.",
    published_forms.RestoreForm,
    lambda post, form, by: post_removal.restore(post, by=by, **form.cleaned_data),
)
NOTE = PublicAct(
    *("note", "Add a clinical note", "Put the note beside it"),
    "A clinician added a note to your post.",
    "The note beside the post, with your name and profession. The post stays as written.",
    published_forms.ClinicalForm,
    lambda post, form, by: clinical_notes.add_note(post, by=by, **form.cleaned_data),
)
STALE = PublicAct(
    *("stale", "A note needs updating", "Put the note in the queue"),
    "Nothing.",
    "Nothing new; the note stands until a colleague has looked at it.",
    published_forms.NoteForm,
    lambda post, form, by: clinical_notes.mark_note(form.cleaned_data["note"], by=by),
)
UNNOTE = PublicAct(
    *("withdraw-note", "Withdraw a clinical note", "Withdraw the note"),
    "Nothing.",
    "The note is gone from beside the post.",
    published_forms.NoteForm,
    lambda post, form, by: clinical_notes.withdraw_note(form.cleaned_data["note"], by=by),
)
ANSWER = PublicAct(
    *("answer", "Mark it as the clinician’s answer", "Mark it"),
    "Nothing.",
    "This post stands under the question as the clinician’s answer.",
    published_forms.EmptyForm,
    lambda post, form, by: thread_actions.mark_answer(post, by=by),
)
LOCK = PublicAct(
    *("lock", "Close it to new posts", "Close the thread"),
    "A moderator closed your thread to new posts.",
    "“A moderator closed this thread to new posts. You can still read it.”",
    published_forms.EmptyForm,
    lambda thread, form, by: post_removal.lock(thread, by=by),
)
UNLOCK = PublicAct(
    *("unlock", "Open it again", "Open the thread"),
    "A moderator reopened your thread.",
    "They can reply again.",
    published_forms.EmptyForm,
    lambda thread, form, by: post_removal.unlock(thread, by=by),
)
SLOW = PublicAct(
    *("slow", "Slow mode", "Set it"),
    "Nothing.",
    "Who writes again too early is told how long to wait; their words are kept.",
    published_forms.SlowForm,
    lambda thread, form, by: thread_actions.slow_down(thread, by=by, **form.cleaned_data),
    wrong="minutes",
)
PIN = PublicAct(
    *("pin", "Pin it", "Pin it"),
    "Nothing.",
    "It stands first in its room.",
    published_forms.EmptyForm,
    lambda thread, form, by: thread_actions.pin(thread, by=by, pinned=True),
)
UNPIN = PublicAct(
    *("unpin", "Take the pin away", "Unpin it"),
    "Nothing.",
    "It stands in its room by its newest post.",
    published_forms.EmptyForm,
    lambda thread, form, by: thread_actions.pin(thread, by=by, pinned=False),
)
MOVE = PublicAct(
    *("move", "Move it to another room", "Move it"),
    "A moderator moved your thread to another room. (The sentence names it.)",
    "The thread in the other room. Its address stays.",
    published_forms.MoveForm,
    lambda thread, form, by: thread_actions.move_thread(thread, by=by, **form.cleaned_data),
    wrong="category",
)
MERGE = PublicAct(
    *("merge", "Merge it into another thread", "Merge them"),
    "The author of the other thread: “A moderator joined another thread to yours.”",
    "The posts of this thread after those of the other. The old address leads there for good.",
    published_forms.MergeForm,
    lambda thread, form, by: thread_actions.merge(thread, by=by, **form.cleaned_data),
    wrong="into",
)
SPLIT = PublicAct(
    *("split", "Split posts off", "Make them a thread of their own"),
    "The author of the first of them: “A moderator made your post a thread of its own.”",
    "A new thread with these posts. Links to each post lead to its new place.",
    published_forms.SplitForm,
    lambda thread, form, by: thread_actions.split(form.cleaned_data["posts"], **_named(form), by=by),
    wrong="posts",
)


def _named(form: Any) -> dict[str, str]:
    return {"title": form.cleaned_data["title"], "reason": form.cleaned_data["reason"]}


def acts_on_post(post: Post, by: User) -> list[PublicAct]:
    """What this moderator may do to it now, the usual first."""
    if not can_moderate_post(by, post):
        return []
    acts = [HIDE] if post.state == Post.State.PUBLISHED and can_remove_post(by, post) else []
    acts += [REMOVE] if can_remove_post(by, post) else []
    acts += [RESTORE] if can_restore_post(by, post) else []
    if post.state != Post.State.PUBLISHED:
        return acts
    if post.written_as_clinician and post.thread.answer_id != post.pk and can_lock_thread(by, post.thread):
        acts.append(ANSWER)
    noted = post.notes.filter(state=ClinicalNote.State.SHOWN).exists()
    return [*acts, NOTE, *([STALE, UNNOTE] if noted else [])]


def acts_on_thread(thread: Thread, by: User) -> list[PublicAct]:
    if not can_lock_thread(by, thread):
        return []
    closed = thread.state == Thread.State.LOCKED
    return [UNLOCK if closed else LOCK, SLOW, UNPIN if thread.pinned else PIN, MOVE, MERGE, SPLIT]


def form_for(act: PublicAct, about: Post | Thread, data: Any = None) -> forms.Form:
    initial = {"minutes": about.slow_minutes} if isinstance(about, Thread) else {}
    return act.form(data, prefix=act.name, about=about, initial=initial)
