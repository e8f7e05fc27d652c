"""The forum's models."""

from forum.models.appeals import Appeal
from forum.models.categories import Category
from forum.models.citations import ThreadArticle
from forum.models.clinical_notes import ClinicalNote
from forum.models.decisions import Decision
from forum.models.drafts import Draft
from forum.models.experiences import Experience, ExperienceDecision
from forum.models.help_cards import FollowUp, HelpCard
from forum.models.mentions import Mention
from forum.models.moderation import (
    Alarm,
    CitedChange,
    ReadOnlyPeriod,
    ReasonTemplate,
    Redaction,
    SecondReview,
    ThreadLogEntry,
)
from forum.models.moderator_texts import ActionDraft, SavedReply
from forum.models.pending_actions import PendingAction
from forum.models.posts import Post, PostRevision
from forum.models.queue import (
    DecisionQuestion,
    ItemLogEntry,
    ItemView,
    OutsideText,
    PrivateNote,
    ReviewItem,
)
from forum.models.reactions_and_follows import Bookmark, Reaction, ReadMark, Subscription
from forum.models.reports import Report
from forum.models.search import SearchEntry
from forum.models.standing_threads import StandingThread, ThreadSchedule
from forum.models.team import Duty, NoteReceipt, Presence
from forum.models.threads import Thread
from forum.models.triage import Acuteness, Lane, TriageList, TriageMatch, TriageModel, TriageRule, TriageVersion
from forum.models.triage_proposals import TriageProposal
from forum.models.trust import Trust
from forum.models.visitor_questions import VisitorQuestion

__all__ = [
    "ActionDraft",
    "Acuteness",
    "Alarm",
    "Appeal",
    "Bookmark",
    "Category",
    "CitedChange",
    "ClinicalNote",
    "Decision",
    "DecisionQuestion",
    "Draft",
    "Duty",
    "Experience",
    "ExperienceDecision",
    "FollowUp",
    "HelpCard",
    "ItemLogEntry",
    "ItemView",
    "Lane",
    "Mention",
    "NoteReceipt",
    "OutsideText",
    "PendingAction",
    "Post",
    "PostRevision",
    "Presence",
    "PrivateNote",
    "Reaction",
    "ReadMark",
    "ReadOnlyPeriod",
    "ReasonTemplate",
    "Redaction",
    "Report",
    "ReviewItem",
    "SavedReply",
    "SearchEntry",
    "SecondReview",
    "StandingThread",
    "Subscription",
    "Thread",
    "ThreadArticle",
    "ThreadLogEntry",
    "ThreadSchedule",
    "TriageList",
    "TriageMatch",
    "TriageModel",
    "TriageProposal",
    "TriageRule",
    "TriageVersion",
    "Trust",
    "VisitorQuestion",
]
