from datetime import datetime

from django.contrib.syndication.views import Feed
from django.db.models import F, QuerySet
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from accounts.site_settings import site_name
from guide.models import Article, ProposalDecision


class GuideFeed(Feed):
    """Feed of changes to the guide, newest first."""

    feed_type = Atom1Feed
    link = "/guide/"
    subtitle = "New and changed pages of the guide."

    def title(self) -> str:
        return f"{site_name()}: changes to the guide"

    def items(self) -> QuerySet[ProposalDecision]:
        live = ProposalDecision.objects.filter(proposal__revision__article__live_revision=F("proposal__revision"))
        live = live.filter(proposal__revision__article__in=Article.objects.published())
        return live.select_related("proposal__revision__article").order_by("-decided_at", "-pk")[:30]

    def item_title(self, item: ProposalDecision) -> str:
        return item.revision.title

    def item_description(self, item: ProposalDecision) -> str:
        """Return HTML: the generator marks a summary as type="html"."""
        return escape(item.revision.summary)

    def item_link(self, item: ProposalDecision) -> str:
        return item.revision.article.get_absolute_url()

    def item_guid(self, item: ProposalDecision) -> str:
        return f"guide-decision-{item.pk}"

    def item_updateddate(self, item: ProposalDecision) -> datetime:
        return item.decided_at
