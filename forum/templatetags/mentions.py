"""HTML of posts and revisions, with the current names of mentioned members."""

from django import template
from django.utils.safestring import SafeString

from forum.models import Post, PostRevision
from forum.publishing import mention_html

register = template.Library()


@register.filter
def post_html(post: Post) -> SafeString:
    return mention_html.post_html(post)


@register.filter
def revision_html(revision: PostRevision) -> SafeString:
    return mention_html.revision_html(revision)
