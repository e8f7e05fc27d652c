"""Delete what finds a question again, 90 days after it was asked."""

from django.db import transaction

from accounts.models import User
from accounts.privacy.erasure import erase
from forum.models import Post, VisitorQuestion


def expire_questions() -> int:
    """The worker's chore: end codes that are too old, and empty what never became public. Return how many codes ended."""
    found = list(VisitorQuestion.objects.expired().order_by("pk").values_list("pk", flat=True))
    return sum(_expire(pk) for pk in found)


@transaction.atomic
def _expire(pk: int) -> bool:
    """A claimed question has a member as its author, whose texts stay."""
    question = VisitorQuestion.objects.filter(pk=pk).select_related("post").first()
    if question is None:
        return False
    author = User.objects.select_for_update().get(pk=question.post.author_id)
    if author.state == User.State.VISITOR:
        _clear(author, question.post)
    question.delete()
    return True


def _clear(author: User, post: Post) -> None:
    if post.state in (Post.State.PUBLISHED, Post.State.HIDDEN, Post.State.REMOVED):
        author.country = ""
        author.save(update_fields=["country"])
    else:
        erase(author)
