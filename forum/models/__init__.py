from forum.models.moderation import Decision, Reason, Report
from forum.models.threads import Category, Post, PostRevision, Thread

__all__ = ["Category", "Decision", "Post", "PostRevision", "Reason", "Report", "Thread"]
