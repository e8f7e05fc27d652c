"""Words with the present names of those who are named in them."""

from django import template
from django.utils.safestring import SafeString

from forum.models import Post, PostRevision
from forum.publishing.mention_html import words_of, words_of_revision

register = template.Library()


@register.filter
def words(post: Post) -> SafeString:
    return words_of(post)


@register.filter
def revision_words(revision: PostRevision) -> SafeString:
    return words_of_revision(revision)
