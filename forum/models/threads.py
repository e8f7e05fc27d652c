"""Threads. What readers see of one are approved revisions of its posts."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse

from core.requests import AnyUser
from forum.models.categories import Category
from forum.models.enforced_transitions import enforce_transitions
from forum.text.slugs import title_slug

TITLE = SearchVector("title", config="english")
MOST_COMPARED = 300  # threads
RANK_OF_ALL_WORDS = 0.0607927  # ts_rank of a text that holds every word of an “or” query once


class AnyWord(SearchQuery):
    """A search for any of the words; a plain SearchQuery needs all of them.

    SELECT, so that words that come from a row of an outer query are read once, and not for each row that may match.
    """

    template = "(SELECT replace(%(function)s(%(expressions)s)::text, '&', '|')::tsquery)"


class ThreadQuerySet(models.QuerySet["Thread"]):
    def published(self) -> "ThreadQuerySet":
        return self.filter(state__in=Thread.READABLE)

    def visible_to(self, user: AnyUser) -> "ThreadQuerySet":
        """Return readable threads; visitors don't see members-only threads and categories."""
        found = self.published()
        if user.is_authenticated:
            return found
        return found.filter(members_only=False, category__members_only=False)

    def with_title_like(self, query: str) -> "ThreadQuerySet":
        """Return threads whose title matches, best first. The index is on this exact expression."""
        tsquery = SearchQuery(query, config="english", search_type="websearch")
        return self.annotate(found=TITLE).filter(found=tsquery).order_by(SearchRank(TITLE, tsquery).desc(), "-pk")

    def similar_to_outer(self) -> "ThreadQuerySet":
        """For a subquery: the threads whose title shares at least two in five words with the outer thread’s, best first.

        Only the newest that share a word are compared, so that a common word costs the same in a large forum.
        """
        other = self.annotate(found=TITLE).exclude(pk=OuterRef(OuterRef("pk")))
        newest = other.filter(found=AnyWord(OuterRef(OuterRef("title")), config="english")).newest_first()
        rank = SearchRank(TITLE, AnyWord(OuterRef("title"), config="english")) / RANK_OF_ALL_WORDS
        found = Thread.objects.filter(pk__in=newest.values("pk")[:MOST_COMPARED]).annotate(rank=rank)
        return found.filter(rank__gte=0.4).order_by("-rank", "-pk")

    def newest_first(self) -> "ThreadQuerySet":
        return self.order_by("-last_post_at", "-pk")

    def locked_with_category(self) -> "ThreadQuerySet":
        """Lock the threads until the transaction ends, and fetch their categories with them."""
        return self.select_related("category").select_for_update(no_key=True, of=("self",))


@enforce_transitions
class Thread(models.Model):
    """A question or story and its replies. `title` is a copy of the live opening revision's."""

    class State(models.TextChoices):
        WAITING = "waiting", "its first post is waiting for review"
        OPEN = "open", "open"
        LOCKED = "locked", "closed to new posts"
        REMOVED = "removed", "removed"

    TRANSITIONS = {
        State.WAITING: {State.OPEN, State.REMOVED},
        State.OPEN: {State.LOCKED, State.REMOVED},
        State.LOCKED: {State.OPEN, State.REMOVED},
        State.REMOVED: {State.OPEN},
    }
    READABLE = [State.OPEN, State.LOCKED]

    category = models.ForeignKey(Category, models.PROTECT, related_name="threads")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="threads")
    title = models.CharField(max_length=140, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    members_only = models.BooleanField(default=False)
    pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    last_post_at = models.DateTimeField(null=True)
    last_position = models.PositiveIntegerField(
        default=0, help_text="The highest position ever given; never decreases."
    )
    post_count = models.PositiveIntegerField(default=0, help_text="Published posts.")
    slow_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="Slow mode: minutes between two posts by the same member; 0 is off."
    )
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    answer = models.ForeignKey(
        "Post", models.SET_NULL, null=True, related_name="+", help_text="The clinician's answer."
    )

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["category", "-last_post_at", "-id"],
                condition=Q(state__in=["open", "locked"]),
                name="threads_of_a_category",
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                condition=Q(state__in=["open", "locked"]),
                name="new_threads_of_a_category",
            ),
            models.Index(
                fields=["-last_post_at", "-id"], condition=Q(state__in=["open", "locked"]), name="threads_by_last_post"
            ),
            models.Index(fields=["author", "-id"], name="threads_of_an_author"),
            GinIndex(TITLE, name="thread_title_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "open", "locked", "removed"]), name="thread_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "locked"]) | Q(published_at__isnull=False, last_post_at__isnull=False),
                name="a_readable_thread_was_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"thread {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("forum:thread", args=[self.pk, self.slug])

    @property
    def slug(self) -> str:
        return title_slug(self.title)
