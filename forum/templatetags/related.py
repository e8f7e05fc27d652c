"""What of the forum stands on a page of the guide."""

from typing import Any

from django import template

from forum.related import threads_about
from guide.models import Article

register = template.Library()


@register.inclusion_tag("forum/_related_threads.html")
def related_threads(article: Article) -> dict[str, Any]:
    return {"threads": threads_about(article)}
