"""The forum's facts for pages about the site (guide.pages.site_facts)."""

from forum.models.visitor_questions import KEPT_FOR as QUESTION_CODE_LIFETIME
from forum.moderation.action_drafts import KEPT_FOR as ACTION_DRAFT_LIFETIME
from forum.publishing.queue_items import KEPT_FOR_RED
from guide.pages.site_facts import Fact, days

FACTS: dict[str, Fact] = {
    "question-code-days": days(QUESTION_CODE_LIFETIME),
    "unsent-text-days": days(ACTION_DRAFT_LIFETIME),
    "danger-text-days": days(KEPT_FOR_RED),
}
