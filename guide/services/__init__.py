"""What changes the guide: one function for each act, each one transaction."""

from guide.services.due import bring_due_live, bring_due_live_if_any
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
    publish_loaded,
    rerender_outdated,
    write_revision,
)
from guide.services.writing import (
    KEPT,
    Overtaken,
    beginning,
    forget_words,
    keep_words,
    kept_words,
    place_of,
    same_words,
    save_words,
)

__all__ = [
    "KEPT",
    "Draft",
    "IllegalMove",
    "Overtaken",
    "ReadAnew",
    "Remark",
    "TextHasFaults",
    "approve_revision",
    "beginning",
    "bring_due_live",
    "bring_due_live_if_any",
    "forget_words",
    "give_feedback",
    "guide_changed",
    "guide_version",
    "keep_words",
    "kept_words",
    "place_of",
    "publish_loaded",
    "publish_urgently",
    "rerender_outdated",
    "roll_back",
    "same_words",
    "save_words",
    "send_back_revision",
    "sign_revision",
    "submit_revision",
    "take_back_revision",
    "write_revision",
]
