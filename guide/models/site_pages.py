"""Pages about the site itself, which editors change through the same workflow as the guide."""

from django.db import models

from guide.models import triggers

MARKDOWN = "Markdown. The site fills in names in braces, such as {site-name}. Leave them as they are."


class SitePage(models.Model):
    """A page about the site: who runs it, privacy, the house rules. Its address never changes, and it needs no sources."""

    class Slug(models.TextChoices):
        ABOUT = "about", "Who runs this"
        PRIVACY = "privacy", "Privacy"
        HOUSE_RULES = "house-rules", "House rules"
        VERIFICATION = "how-verification-works", "How we verify clinicians"

    slug = models.SlugField("page", unique=True, choices=Slug)
    title = models.CharField(max_length=120)
    summary = models.CharField(
        max_length=200, blank=True, help_text="One or two sentences that appear under the title and in search engines."
    )
    body = models.TextField("text", help_text=MARKDOWN)

    class Meta:
        ordering = ["pk"]
        triggers = [triggers.ROW_FOLLOWS_PROPOSAL]

    def __str__(self) -> str:
        return self.title
