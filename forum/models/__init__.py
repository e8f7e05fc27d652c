from forum.models.categories import Category
from forum.models.fairness import Appeal, ClinicalNote, Duty, Trust
from forum.models.finding import SearchEntry
from forum.models.keeping import Bookmark, Draft, Mention, Reaction, ReadMark, Subscription
from forum.models.moderation import Decision, Reason, Report
from forum.models.threads import Post, PostRevision, Thread
from forum.models.triage import Lane, TriageList, TriageMatch, TriageRule, TriageVersion

__all__ = [
    "Appeal",
    "Bookmark",
    "Category",
    "ClinicalNote",
    "Decision",
    "Draft",
    "Duty",
    "Lane",
    "Mention",
    "Post",
    "PostRevision",
    "Reaction",
    "ReadMark",
    "Reason",
    "Report",
    "SearchEntry",
    "Subscription",
    "Thread",
    "TriageList",
    "TriageMatch",
    "TriageRule",
    "TriageVersion",
    "Trust",
]
