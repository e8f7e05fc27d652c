"""Why the workflow refuses: each carries words that the editor or reviewer is shown. A leaf.

A state from which an act is not possible is `core.transitions.IllegalTransition`.
"""


class StaleReview(ValueError):
    """What was read is no longer what would be decided on: it must be read again."""


class StaleDraft(ValueError):
    """Somebody saved another text since this one was begun."""


class HasFaults(ValueError):
    """The proposal would break something that readers see: `args` are the faults."""


class NothingChanged(ValueError):
    """The proposal says what readers see already."""
