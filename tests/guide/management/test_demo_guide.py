from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guide.models import ArticleRevision, Proposal, ProposalDecision


def test_the_command_refuses_outside_development(guide):
    with pytest.raises(CommandError, match="development settings only"):
        call_command("demo_guide")


def test_the_command_adds_a_submitted_and_a_returned_draft(guide, settings, client):
    settings.DEBUG = True
    call_command("demo_guide", stdout=StringIO())  # without its people it does nothing
    assert ArticleRevision.objects.filter(author__isnull=False).count() == 0
    call_command("demo_accounts", stdout=StringIO())
    for _ in range(2):  # a second time changes nothing
        call_command("demo_guide", stdout=StringIO())
    drafts = Proposal.objects.filter(author__email="elif@example.org").order_by("pk")
    assert list(drafts.values_list("revision__article__slug", "state")) == [
        ("history", "submitted"),
        ("how-it-works", "sent-back"),
    ]
    assert ProposalDecision.objects.filter(proposal__in=drafts, action__in=ProposalDecision.MADE_LIVE).count() == 0
    assert "How naltrexone came to be" not in client.get("/guide/history/").content.decode()
