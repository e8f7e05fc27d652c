from forum.models.acts import Alarm, CitedChange, DoubleRead, KeptReason, ReadOnlyTime, Redaction, ThreadAct
from forum.models.categories import Category
from forum.models.citing import ThreadArticle
from forum.models.fairness import Appeal, ClinicalNote, Duty, Trust
from forum.models.finding import SearchEntry
from forum.models.keeping import Bookmark, Draft, Mention, Reaction, ReadMark, Subscription
from forum.models.moderation import Decision, Report
from forum.models.posts import Post, PostRevision
from forum.models.queue import CrisisCard, DecisionQuestion, ItemLook, PrivateNote, ReviewItem
from forum.models.team import NoteSeen, Presence
from forum.models.threads import Thread
from forum.models.triage import Lane, TriageList, TriageMatch, TriageRule, TriageVersion

__all__ = [
    "Alarm",
    "Appeal",
    "Bookmark",
    "Category",
    "CitedChange",
    "ClinicalNote",
    "CrisisCard",
    "Decision",
    "DecisionQuestion",
    "DoubleRead",
    "Draft",
    "Duty",
    "ItemLook",
    "KeptReason",
    "Lane",
    "Mention",
    "NoteSeen",
    "Post",
    "PostRevision",
    "Presence",
    "PrivateNote",
    "Reaction",
    "ReadMark",
    "ReadOnlyTime",
    "Redaction",
    "Report",
    "ReviewItem",
    "SearchEntry",
    "Subscription",
    "Thread",
    "ThreadAct",
    "ThreadArticle",
    "TriageList",
    "TriageMatch",
    "TriageRule",
    "TriageVersion",
    "Trust",
]
