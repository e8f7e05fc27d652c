"""Notifications about experiences."""

from django.urls import reverse

from accounts.notifications.inbox import notify
from forum.models import ExperienceDecision
from forum.notifications.kinds import MINE

Action = ExperienceDecision.Action
SENTENCES = {
    Action.APPROVED: "Your experience was published.",
    Action.CHANGES: "A moderator asked you to change something in your experience.",
    Action.REJECTED: "A moderator decided not to publish your experience.",
    Action.REMOVED: "A moderator removed your experience.",
}


def tell_experience_decision(decision: ExperienceDecision) -> None:
    sentence = SENTENCES[Action(decision.action)]
    notify(decision.experience.author, MINE.key, sentence, reverse("forum:my-experience"), None)
