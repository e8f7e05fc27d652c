from forum.models.categories import Category
from forum.models.fairness import Appeal, ClinicalNote, Duty, Trust
from forum.models.keeping import Bookmark, Draft, Mention, Reaction, ReadMark, Subscription
from forum.models.moderation import Decision, Reason, Report
from forum.models.threads import Post, PostRevision, Thread

__all__ = [
    "Appeal",
    "Bookmark",
    "Category",
    "ClinicalNote",
    "Decision",
    "Draft",
    "Duty",
    "Mention",
    "Post",
    "PostRevision",
    "Reaction",
    "ReadMark",
    "Reason",
    "Report",
    "Subscription",
    "Thread",
    "Trust",
]
