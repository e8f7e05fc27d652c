"""Forum threads on guide pages."""

from typing import Any

from django import template

from forum.threads.guide_links import threads_about
from guide.models import Article

register = template.Library()


@register.inclusion_tag("forum/threads/_related_threads.html")
def related_threads(article: Article) -> dict[str, Any]:
    return {"threads": threads_about(article)}
