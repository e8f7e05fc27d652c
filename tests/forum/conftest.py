from dataclasses import replace
from uuid import uuid4

import pgtrigger
import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.roles import LEADS
from forum.experiences.offers import Story, offer_experience
from forum.models import Category, PendingAction, Thread
from forum.moderation import pending_actions
from forum.moderation.experience_decisions import approve_experience
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply, start_thread
from tests.factories import published_post

STORY = Story(
    goal="drink-less",
    medicine="targeted",
    duration="year",
    helped="a-lot",
    side_effects="passed",
    outcome="still",
    text="Zebras walked through my evenings until I could leave the glass.",
)
MODELS = ["Thread", "Post", "PostRevision", "Report", "Appeal"]


def put(rows, **fields):
    """Set fields of rows in a state that no legal transition leads to: the database would refuse it."""
    with pgtrigger.ignore(*(f"forum.{model}:enforce_transitions" for model in MODELS)):
        return rows.update(**fields)


def let_undo_run_out():
    """Let everything that moderators did take effect, as it does after 30 seconds. Return how many did."""
    PendingAction.objects.pending().update(due_at=timezone.now())
    done = pending_actions.apply_due()
    with transaction.atomic():  # wait for the one that a request of the browser is carrying out: apply_due() skips it
        list(PendingAction.objects.due().select_for_update())
    return done


@pytest.fixture
def category(db):
    return Category.objects.create(slug="starting", title="Starting", purpose="First weeks.", clinical=True, position=1)


@pytest.fixture
def say(category, dr_okafor):
    """Start a thread or reply in one as `who`; with `public`, Dr. Okafor approves the post."""

    def say(who, body, thread=None, *, title="A question", public=True, **words):
        if thread is None:
            post = start_thread(category, PostText(body, title=title, **words), by=who, key=uuid4())
        else:
            post = reply(thread, PostText(body, **words), by=who, key=uuid4())
        if public:
            approve(post.revisions.get(), by=dr_okafor)
        post.refresh_from_db()
        post.thread = Thread.objects.get(pk=post.thread_id)
        return post

    return say


@pytest.fixture
def published(category, dr_okafor):
    """Like `say` with `public`, but inserted directly: for tests about something other than publishing."""

    def published(who, body, thread=None, **words):
        place = {"thread": thread} if thread else {"category": category}
        return published_post(who, body, by=dr_okafor, **place, **words)

    return published


@pytest.fixture
def tell(dr_okafor):
    """Offer an experience as `who`; with `public`, Dr. Okafor approves it."""

    def tell(who, text=STORY.text, *, post=None, public=True, **changes):
        experience = offer_experience(replace(STORY, text=text, **changes), by=who, post=post)
        if public:
            approve_experience(experience, by=dr_okafor)
        experience.refresh_from_db()
        return experience

    return tell


@pytest.fixture
def lead(dr_lind):
    """Dr. Lind as team lead."""
    dr_lind.groups.add(Group.objects.get_or_create(name=LEADS)[0])
    return dr_lind
