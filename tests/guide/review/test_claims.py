"""The claims of a proposal, each with its sources."""

from datetime import date

import pytest

from guide.models import ArticleRevision, HelpLine, Source, Treatment
from guide.review.claims import claims_of


@pytest.fixture
def sources(db):
    return {
        key: Source.objects.create(
            key=key, title=f"Title {key}", kind="guideline", checked=date(2026, 1, 2), seen="page"
        )
        for key in ("S1", "S2")
    }


def listed(model, before, after):
    return [(c.text, [s.key for s in c.sources], c.is_new) for c in claims_of(model, before, after)]


def test_each_claim_has_its_own_sources_and_new_ones_come_first(sources):
    before = {"in_short": "It helps.[^S1]", "body": "## A\n\nOne.[^S1] Two.[^S2]\n"}
    after = {
        "in_short": "It helps.[^S1]",
        "body": "## A\n\nOne.[^S1][^S2] Two.[^S2]\n\n- **See** [this](uses).[^S1] Go.[^site]",
    }
    assert listed(ArticleRevision, before, after) == [
        ("One.", ["S1", "S2"], True),
        ("See this.", ["S1"], True),
        ("It helps.", ["S1"], False),
        ("Two.", ["S2"], False),
    ]


def test_rows_list_their_sources_and_those_of_their_parts(sources):
    assert listed(HelpLine, {}, {"note": "Free.[^S2]", "sources": ["S1"]}) == [
        ("Free.", ["S2"], True),
        ("The whole row", ["S1"], True),
    ]
    cells = {"cells": [{"id": 1, "short": "Weekly", "detail": "By mouth.[^S1]"}]}
    assert listed(Treatment, cells, cells) == [("By mouth.", ["S1"], False)]


def test_a_source_that_does_not_exist_is_left_out(sources):
    assert listed(ArticleRevision, {}, {"in_short": "", "body": "One.[^S1][^S99]"}) == [("One.", ["S1"], True)]
