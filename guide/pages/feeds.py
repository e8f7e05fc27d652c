from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import F, QuerySet
from django.utils.feedgenerator import Atom1Feed

from guide.models import RevisionDecision


class GuideFeed(Feed):
    """What changed in the guide, newest first."""

    feed_type = Atom1Feed
    title = f"{settings.SITE_NAME}: changes to the guide"
    link = "/guide/"
    subtitle = "New and changed pages of the guide."

    def items(self) -> QuerySet[RevisionDecision]:
        live = RevisionDecision.objects.filter(revision__article__live_revision=F("revision"))
        return live.select_related("revision__article").order_by("-decided_at", "-pk")[:30]

    def item_title(self, item: RevisionDecision) -> str:
        return item.revision.title

    def item_description(self, item: RevisionDecision) -> str:
        return item.revision.summary

    def item_link(self, item: RevisionDecision) -> str:
        return item.revision.article.get_absolute_url()

    def item_guid(self, item: RevisionDecision) -> str:
        return f"guide-decision-{item.pk}"

    def item_updateddate(self, item: RevisionDecision) -> datetime:
        return item.decided_at
