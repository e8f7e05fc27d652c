"""Template filters for search results."""

from django import template
from django.utils.safestring import SafeString

from forum.models import Post
from forum.search.query import excerpt

register = template.Library()


@register.filter
def excerpt_of(post: Post) -> SafeString:
    return excerpt(post)
