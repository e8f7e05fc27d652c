"""What changes the guide: one function for each act, each one transaction."""

from guide.services.moves import IllegalMove
from guide.services.reviewing import (
    ReadAnew,
    Remark,
    TextHasFaults,
    approve_revision,
    publish_urgently,
    roll_back,
    send_back_revision,
    sign_revision,
    submit_revision,
    take_back_revision,
)
from guide.services.revisions import (
    Draft,
    give_feedback,
    guide_changed,
    guide_version,
    pages_changed,
    publish_loaded,
    rerender_outdated,
    write_revision,
)

__all__ = [
    "Draft",
    "IllegalMove",
    "ReadAnew",
    "Remark",
    "TextHasFaults",
    "approve_revision",
    "give_feedback",
    "guide_changed",
    "guide_version",
    "pages_changed",
    "publish_loaded",
    "publish_urgently",
    "rerender_outdated",
    "roll_back",
    "send_back_revision",
    "sign_revision",
    "submit_revision",
    "take_back_revision",
    "write_revision",
]
