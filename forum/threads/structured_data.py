"""JSON-LD for public threads: only what the page shows. Anonymous authors are not named."""

from typing import Any

from core.html_text import first_words, html_text, shorten
from forum.models import Post, Thread
from forum.publishing.mention_html import post_html

Data = dict[str, Any]
MAX_TEXT = 500  # characters of a text
MAX_DESCRIPTION = 155  # characters


def is_public(thread: Thread) -> bool:
    return not (thread.members_only or thread.category.members_only)


def thread_data(thread: Thread, posts: list[Post], address: str) -> Data:
    """Return a QAPage if a clinician answered, else a DiscussionForumPosting. `address` is absolute."""
    shown = [post for post in posts if post.state == Post.State.PUBLISHED]
    graph = [_breadcrumbs(thread, address)]
    if shown and shown[0].position == 1:
        answer = _answer(thread)
        graph.append(_question(thread, shown, answer, address) if answer else _discussion(thread, shown, address))
    return {"@context": "https://schema.org", "@graph": graph}


def _answer(thread: Thread) -> Post | None:
    return thread.answer if thread.answer and thread.answer.state == Post.State.PUBLISHED else None


def _discussion(thread: Thread, shown: list[Post], address: str) -> Data:
    opening, *replies = shown
    comments = [{"@type": "Comment", **_post_data(post, address)} for post in replies]
    posting = {
        "@type": "DiscussionForumPosting",
        "headline": thread.title,
        "url": address,
        **_post_data(opening, address),
    }
    return posting | {"commentCount": thread.post_count - 1, "comment": comments}


def _question(thread: Thread, shown: list[Post], answer: Post, address: str) -> Data:
    question = {"@type": "Question", "name": thread.title, **_post_data(shown[0], address)}
    question |= {
        "answerCount": thread.post_count - 1,
        "acceptedAnswer": {"@type": "Answer", **_post_data(answer, address)},
    }
    return {"@type": "QAPage", "url": address, "mainEntity": question}


def _post_data(post: Post, address: str) -> Data:
    found: Data = {
        "text": post.live.warning or shorten(html_text(post_html(post)), MAX_TEXT),
        "author": {"@type": "Person", "name": post.byline},
        "url": f"{address}#post-{post.position}",
    }
    times = {"datePublished": post.published_at, "dateModified": post.edited_at}
    return found | {name: at.isoformat() for name, at in times.items() if at}


def opening_words(posts: list[Post]) -> str:
    """Return the first words of the first readable post of a page, or its content warning: the page's description."""
    shown = next((post for post in posts if post.state == Post.State.PUBLISHED), None)
    if shown is None:
        return ""
    return shown.live.warning or first_words(post_html(shown), MAX_DESCRIPTION)


def _breadcrumbs(thread: Thread, address: str) -> Data:
    root = address[: address.index("/forum/")]
    steps = [("Forum", "/forum/"), (thread.category.title, thread.category.get_absolute_url())]
    named = [(name, root + path) for name, path in steps] + [(thread.title, address)]
    items = [{"@type": "ListItem", "position": n, "name": name, "item": url} for n, (name, url) in enumerate(named, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": items}
