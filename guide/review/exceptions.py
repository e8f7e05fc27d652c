"""Errors of the editorial workflow. Editors and reviewers are shown their messages.

Where the proposal's state does not allow an action, `core.transitions.IllegalTransition` is raised.
"""

from typing import Any


class StaleReview(ValueError):
    """What the reviewer read has changed, so it must be read again."""


class StaleDraft(ValueError):
    """Another text was saved since this one was begun. Of a row, `conflict` has both people's changes."""

    def __init__(self, conflict: Any = None) -> None:
        super().__init__()
        self.conflict = conflict


class InvalidProposal(ValueError):
    """Publishing the proposal would break something that readers see; `args` are the messages."""


class NothingChanged(ValueError):
    """The proposal equals what readers see already."""
