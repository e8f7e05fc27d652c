"""Errors of the editorial workflow. Editors and reviewers are shown their messages.

Where the proposal's state does not allow an action, `core.transitions.IllegalTransition` is raised.
"""


class StaleReview(ValueError):
    """What the reviewer read has changed, so it must be read again."""


class StaleDraft(ValueError):
    """Another text was saved since this one was begun."""


class InvalidProposal(ValueError):
    """Publishing the proposal would break something that readers see; `args` are the messages."""


class NothingChanged(ValueError):
    """The proposal equals what readers see already."""
