"""Remarks on a proposal: drafts of a reviewer, placed by the words that they quote."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction

from core.transitions import IllegalTransition
from guide.models import Remark
from guide.privacy.erasure import erase
from guide.review.remarks import draft_remark, place_of
from guide.review.workflow import approve, send_back
from tests.guide.review.conftest import ALL, url

PAGE = {
    "title": "Small",
    "in_short": "A small page.[^site]",
    "body": "## One\n\nIt helps **many** [people](uses).[^S1][^S2]\n\n- Call 911.[^S3]\n",
    "cells": [{"id": 1, "short": "Weekly"}],
    "position": 3,
}


@pytest.mark.parametrize(
    ("quote", "place"),
    [
        ("helps many people", ("body", 3)),
        ("people.[1, 2] Call 911.", ("body", 3)),
        ("[S1] [S2] Call 911", ("body", 5)),
        ("small", ("title", 1)),
        ("a small page", ("in_short", 1)),
        ("weekly", ("cells", 1)),
        ("nowhere", None),
        ("[1]", None),
    ],
)
def test_quoted_words_give_a_remark_its_place(quote, place):
    assert place_of(quote, PAGE) == place


def panel(text, **also):
    return {f"remark-{name}": value for name, value in {"part": "body", "text": text, "line": 1, **also}.items()}


def test_a_reviewer_keeps_as_many_drafts_as_they_need_and_no_one_else_sees_them(
    client, article, waiting, dr_okafor, dr_lind, elif_
):
    client.force_login(dr_okafor)
    part = "body" if waiting.revision else "answer"
    for n in range(5):
        assert client.post(url("add-remark", waiting), panel(f"Remark no. {n}", part=part)).status_code == 302
    assert "Remark no. 4" in client.get(url("review", waiting)).content.decode()
    for other in (dr_lind, elif_):
        client.force_login(other)
        assert "Remark no." not in client.get(url("review", waiting)).content.decode()
        assert "Remark no." not in client.get(f"/admin/guide/article/{article.pk}/history/").content.decode()
    send_back(waiting, by=dr_okafor, reason="")
    assert "Remark no. 4" in client.get(url("review", waiting)).content.decode()


def test_htmx_gets_the_panel_alone_with_the_error_beside_its_field(client, waiting, dr_okafor):
    client.force_login(dr_okafor)
    part = "body" if waiting.revision else "answer"
    sent = panel("", quote="New text", part=part)
    page = client.post(url("add-remark", waiting), sent, headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="remark-drafts"')
    assert 'value="New text"' in page
    assert "This field is required." in page
    page = client.post(url("add-remark", waiting), sent | {"remark-text": "When?"}, headers={"HX-Request": "true"})
    assert "“New text”: When?" in page.content.decode()
    assert "This field is required." in client.post(url("add-remark", waiting), sent).content.decode()


def test_a_draft_can_be_deleted_by_its_writer_only(client, waiting, dr_okafor, dr_lind):
    mine = draft_remark(waiting, by=dr_okafor, text="Hm.", part="body")
    page = f"/admin/guide/proposal/{waiting.pk}/remarks/{mine.pk}/discard/"
    client.force_login(dr_lind)
    assert client.post(page).status_code == 404
    client.force_login(dr_okafor)
    assert client.post(page).status_code == 302
    assert not Remark.objects.exists()


def test_an_approval_sends_the_remarks_too(waiting, dr_okafor, dr_lind):
    draft_remark(waiting, by=dr_okafor, text="Shorter, next time.", part="body")
    theirs = draft_remark(waiting, by=dr_lind, text="Hm.", part="body")
    approve(waiting, by=dr_okafor, checked=ALL)
    assert [r.text for r in Remark.objects.sent()] == ["Shorter, next time."]
    assert list(Remark.objects.drafts_by(dr_lind)) == [theirs]


def test_a_sent_remark_cannot_be_changed_or_deleted(waiting, dr_okafor):
    sent = draft_remark(waiting, by=dr_okafor, text="Hm.", part="body")
    send_back(waiting, by=dr_okafor, reason="")
    for change in (
        lambda: Remark.objects.filter(pk=sent.pk)._raw_delete("default"),
        lambda: Remark.objects.filter(pk=sent.pk).update(sent_at=None),
        lambda: Remark.objects.filter(pk=sent.pk).update(text="Other."),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()


def test_only_reviewers_remark_and_only_while_something_can_be_decided(client, draft, waiting, dr_okafor, elif_):
    with pytest.raises(PermissionDenied):
        draft_remark(waiting, by=elif_, text="Mine.")
    client.force_login(elif_)
    assert client.post(url("add-remark", waiting), panel("Mine.")).status_code == 403
    send_back(waiting, by=dr_okafor, reason="No.")
    with pytest.raises(IllegalTransition):
        draft_remark(waiting, by=dr_okafor, text="Late.")
    client.force_login(dr_okafor)
    part = "body" if waiting.revision else "answer"
    assert client.post(url("add-remark", waiting), panel("Late.", part=part)).status_code == 409


def test_drafts_are_deleted_with_the_account_of_their_writer(waiting, dr_okafor, dr_lind):
    draft_remark(waiting, by=dr_okafor, text="Hm.", part="body")
    theirs = draft_remark(waiting, by=dr_lind, text="Hm.", part="body")
    erase(dr_okafor)
    assert list(Remark.objects.all()) == [theirs]
