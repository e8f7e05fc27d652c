"""Insert rows directly, as the services leave them, for tests of something else."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.permissions import credential_in_force
from forum.models import Category, Decision, Lane, Post, PostRevision, ReviewItem, Thread, TriageMatch
from forum.notifications.kinds import tell_published
from forum.publishing import search_index
from forum.publishing.guide_citations import sync_citations
from forum.publishing.queue_items import promised_time
from forum.text.markdown import RENDER_VERSION, links_in_html, mention_candidates, render
from forum.triage import detection


@transaction.atomic
def published_post(
    author: User,
    body: str,
    thread: Thread | None = None,
    *,
    by: User,
    category: Category | None = None,
    title: str = "A question",
    warning: str = "",
    anonymous: bool = False,
    members_only: bool = False,
) -> Post:
    """Insert what `start_thread` or, with a thread, `reply` leaves after `approve`, in a third of their statements.

    Checks no permission and no limit. Raises ValueError for a text that would call people: a mention, or RED in triage.
    """
    if mention_candidates(body):
        raise ValueError("Send a text with mentions through start_thread() or reply().")
    if (thread is None) == (category is None):
        raise ValueError("Give a category for a new thread, or a thread for a reply.")
    thread_pk, post_pk, revision_pk = _next_ids("forum_thread", "forum_post", "forum_postrevision")
    opens = thread is None
    thread = Thread.objects.get(pk=thread.pk) if thread else Thread(pk=thread_pk, category=category, author=author)
    post = _post(post_pk, thread, author, revision_pk, anonymous=anonymous)
    if opens:
        thread.title, thread.members_only = title, members_only
        thread.state, thread.published_at = Thread.State.OPEN, post.published_at
    _add_to_counters(post, opens=opens)
    post.save(force_insert=True)
    words = {"title": title if opens else "", "body": body, "warning": warning, "html": render(body)}
    post.live_revision = revision = PostRevision.objects.create(
        pk=revision_pk, post=post, number=1, **words, render_version=RENDER_VERSION, state=PostRevision.State.APPROVED
    )
    _log_approval(revision, by, detection.record_matches(revision))
    if links_in_html(revision.html):
        sync_citations(post)
    search_index.index_post(post)
    tell_published(post, first=True)
    return post


def _next_ids(*tables: str) -> list[int]:
    """Reserve ids for rows that refer to each other, so that each is written once."""
    numbers = ", ".join(f"nextval('{table}_id_seq')" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {numbers}")
        return list(cursor.fetchone())


def _post(pk: int, thread: Thread, author: User, revision: int, *, anonymous: bool) -> Post:
    credential = None if anonymous else credential_in_force(author)
    return Post(
        pk=pk,
        thread=thread,
        author=author,
        alias=_alias(thread, author) if anonymous else None,
        position=thread.last_position + 1,
        state=Post.State.PUBLISHED,
        live_revision_id=revision,
        written_as_clinician=credential.profession if credential else "",
        published_at=timezone.now(),
    )


def _alias(thread: Thread, author: User) -> int:
    aliases = dict(Post.objects.filter(thread=thread, alias__isnull=False).values_list("author", "alias"))
    return aliases.get(author.pk) or max(aliases.values(), default=0) + 1


def _add_to_counters(post: Post, *, opens: bool) -> None:
    thread = post.thread
    thread.last_position, thread.last_post_at = post.position, post.published_at
    thread.post_count += 1
    if post.written_as_clinician and thread.answer_id is None and not opens and not _asked_by_name(post):
        thread.answer = post
    thread.save(force_insert=opens)
    Category.objects.filter(pk=thread.category_id).update(
        thread_count=F("thread_count") + int(opens), post_count=F("post_count") + 1, last_thread=thread
    )


def _asked_by_name(post: Post) -> bool:
    """Return whether the author of an answer opened the thread under their own name."""
    opening = Post.objects.filter(thread=post.thread_id, position=1, alias__isnull=True)
    return opening.filter(author=post.author).exists()


def _log_approval(revision: PostRevision, by: User, matches: list[TriageMatch]) -> None:
    """The closed item of the queue and the decision."""
    lane = min((match.lane for match in matches), default=Lane.GREEN)
    if lane == Lane.RED:
        raise ValueError("Send a text that triage marks RED through start_thread() or reply().")
    now = timezone.now()
    ReviewItem.objects.create(
        kind=ReviewItem.Kind.NEW,
        state=ReviewItem.State.CLOSED,
        category_id=revision.post.thread.category_id,
        post=revision.post,
        revision=revision,
        lane=lane,
        asked_at=now,
        promised_at=now + promised_time(lane),
        closed_at=now,
        closed_by=by,
    )
    Decision.objects.create(
        revision=revision,
        action=Decision.Action.APPROVED,
        by=by,
        credential=credential_in_force(by),
        waited=timedelta(0),
        lane=lane,
    )
