"""Readers' feedback: “Was this page helpful?”."""

from guide.models import Article, Feedback


def give_feedback(article: Article, *, helpful: bool, comment: str) -> Feedback:
    """Save a reader's feedback on the live text. Raises ValueError for an article without one."""
    if article.live_revision is None:
        raise ValueError(f"{article} is not published.")
    return article.feedback.create(revision=article.live_revision, helpful=helpful, comment=comment)
