"""The one way from state to state."""

from guide.models import ArticleRevision


class IllegalMove(ValueError):
    """The revision is in no state from which this can happen; somebody else was quicker."""


def move(revision: ArticleRevision, to: str) -> None:
    """Change a revision's state along its TRANSITIONS; the caller holds its article's lock. Raises IllegalMove."""
    if to not in ArticleRevision.TRANSITIONS[ArticleRevision.State(revision.state)]:
        raise IllegalMove(f"{revision} cannot become “{ArticleRevision.State(to).label}”.")
    revision.state = to
    revision.save(update_fields=["state"])
