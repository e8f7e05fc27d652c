"""Where the forum leads to the guide."""

from django.db import models

from forum.models.posts import Post
from forum.models.threads import Thread
from guide.models import Article


class ThreadArticle(models.Model):
    """A page of the guide to which the words link that readers see of a post now. A tombstone has no such row.

    `thread` is the post's: a thread of 50,000 posts is asked for its pages as fast as any.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="cited")
    post = models.ForeignKey(Post, models.CASCADE, related_name="cited", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "article"], name="a_post_cites_a_page_once")]
        indexes = [models.Index(fields=["article", "thread"], name="threads_that_cite_a_page")]

    def __str__(self) -> str:
        return f"post {self.post_id} cites {self.article_id}"
