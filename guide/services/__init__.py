"""What changes the guide: one function for each act, each one transaction."""

from guide.editor.drafts import (
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
from guide.review.article_workflow import (
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
from guide.review.revisions import (
    Draft,
    give_feedback,
    guide_changed,
    publish_loaded,
    rerender_outdated,
    write_revision,
)
from guide.review.state import IllegalMove

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
    "forget_words",
    "give_feedback",
    "guide_changed",
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
