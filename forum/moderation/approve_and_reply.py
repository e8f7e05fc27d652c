"""Approve a post and reply to it in one step. The reply goes to another clinician: no one reviews their own post."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from forum.models import Post, PostRevision
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply


@transaction.atomic
def approve_and_reply(revision: PostRevision, *, by: User, body: str, key: UUID, note: str = "") -> Post:
    """Approve `revision` and reply to its post, both or neither. Raise what `approve` and `reply` raise."""
    post = approve(revision, by=by, note=note).revision.post
    return reply(post.thread, PostText(body), by=by, key=key, quoted=post)
