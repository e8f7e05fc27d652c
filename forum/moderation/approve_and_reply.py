"""Approve a post and reply to it as a clinician in one step. The reply waits for another clinician: nobody reads their own."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from forum.models import Post, PostRevision
from forum.moderation.decide import approve
from forum.posting.posts import PostText, reply


@transaction.atomic
def approve_and_answer(revision: PostRevision, *, by: User, body: str, key: UUID, note: str = "") -> Post:
    """Both or neither. Raises what `approve` and `reply` raise."""
    post = approve(revision, by=by, note=note).revision.post
    return reply(post.thread, PostText(body), by=by, key=key, quoted=post)
