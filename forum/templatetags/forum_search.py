"""What search found, as templates show it."""

from django import template
from django.utils.safestring import SafeString

from forum.models import Post
from forum.search.query import excerpt

register = template.Library()


@register.filter
def found_words(post: Post) -> SafeString:
    return excerpt(post)
