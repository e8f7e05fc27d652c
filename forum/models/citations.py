"""Citations of guide pages in the forum."""

from django.db import models

from forum.models.posts import Post
from forum.models.threads import Thread
from guide.models import Article


class ThreadArticle(models.Model):
    """A guide page that the visible text of a published post links to.

    `thread` repeats the post's thread, so that the pages of a thread of 50,000 posts are found by one index.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="cited")
    post = models.ForeignKey(Post, models.CASCADE, related_name="cited", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "article"], name="a_post_cites_a_page_once")]
        indexes = [models.Index(fields=["article", "thread"], name="threads_that_cite_a_page")]

    def __str__(self) -> str:
        return f"post {self.post_id} cites {self.article_id}"
