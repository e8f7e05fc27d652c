"""The library of pictures, from an upload through review to the page and to its removal."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from zeal import zeal_ignore

from guide.lint.article_notices import notices
from guide.models import Picture, Proposal
from guide.pages.references import known_references
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.exceptions import InvalidProposal
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import approve, submit
from tests.guide.pictures.samples import image, library_picture, stored
from tests.guide.review.conftest import ALL, approved, typed, uncached

ADD = reverse("admin:guide_picture_add")
FIELDS = {
    "key": "two-halves",
    "title": "Two halves",
    "alt": "A red and a blue half",
    "credit": "Jane Lind",
    "license": "own",
}
WITH_PICTURE = Draft("New", "S", "Short.[^site]", "## New\n\nText.[^site]\n\n[[picture:two-halves]]\n", "why", "why")


@pytest.fixture
def editor(client, elif_):
    client.force_login(elif_)
    return client


def upload(data=None, name="halves.png"):
    return SimpleUploadedFile(name, image() if data is None else data)


def save(editor, url=ADD, **changes):
    with zeal_ignore():
        return editor.post(url, typed(editor.get(url)) | FIELDS | changes)


def errors(answer):
    return dict(answer.context["adminform"].form.errors)


def test_a_picture_goes_from_the_editor_through_a_reviewer_to_readers(editor, client, article, elif_, dr_okafor):
    assert save(editor, upload=upload()).status_code == 302
    proposal = Proposal.objects.of_rows().get()
    assert (proposal.content["file"], Picture.objects.exists()) == (str(stored()), False)
    with zeal_ignore():
        page = editor.get(reverse("admin:guide_proposal_review", args=[proposal.pk])).content.decode()
    assert f"/guide/pictures/{stored().digest}/400.png" in page
    submit(proposal, by=elif_)
    with pytest.raises(PermissionDenied):
        approve(proposal, by=elif_, checked=ALL)
    text = write_revision(article, WITH_PICTURE, by=elif_).proposal
    with pytest.raises(InvalidProposal, match=r"line 5: .*isn’t published yet; it needs its own review first"):
        submit(text, by=elif_)
    approve(proposal, by=dr_okafor, checked=ALL)
    approved(text, elif_, dr_okafor)
    client.logout()
    assert 'alt="A red and a blue half"' in uncached(client).content.decode()
    assert client.get(f"/guide/pictures/{stored().digest}/400.png").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"upload": ""}, "upload", "Choose a picture."),
        ({"upload": upload(b"<svg><script/></svg>", "x.png")}, "upload", "We can’t take SVG files"),
        ({"upload": upload(image("GIF"), "x.jpg")}, "upload", "We don’t use moving pictures"),
        ({"upload": upload(), "cut_left": 50, "cut_right": 40}, "upload", "That would leave too little"),
        ({"upload": upload(), "alt": "  "}, "alt", "This field is required."),
        (
            {"upload": upload(), "license": "cc-by"},
            "source_url",
            "Give the address of the page that states its license.",
        ),
        ({"upload": upload(), "license": "cc-by", "source_url": "ftp://x.org/a"}, "source_url", "Enter a valid URL."),
        ({"upload": upload(), "credit": ""}, "credit", "This field is required."),
        ({"upload": upload(), "key": "receptor"}, "key", "One of the guide’s drawings already has this key."),
        ({"upload": upload(), "caption": "Text.[^S9999]"}, "caption", "There is no source S9999"),
        ({"file": "../../etc/passwd"}, "upload", "Choose a picture."),
    ],
    ids=range(11),
)
def test_an_error_is_beside_its_field_and_nothing_is_saved(editor, changes, field, message):
    answer = save(editor, **changes)
    assert [name for name, found in errors(answer).items() if message in " ".join(found)] == [field]
    assert not Proposal.objects.exists()


def test_an_error_elsewhere_does_not_lose_the_picture(editor):
    answer = save(editor, upload=upload(), alt="")
    assert f'name="file" value="{stored()}"' in answer.content.decode()
    with zeal_ignore():
        editor.post(ADD, typed(answer) | {"alt": "Two halves"})
    assert Proposal.objects.of_rows().get().content["file"] == str(stored())


def test_a_picture_without_alternative_text_is_refused_by_the_database_too(db):
    for wrong in ({"alt": ""}, {"source_url": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            library_picture(**wrong)


def test_a_new_file_replaces_the_picture_through_review(editor, elif_, dr_okafor):
    picture = library_picture(caption="")
    form = reverse("admin:guide_picture_change", args=[picture.pk])
    save(editor, form, key=picture.key, upload=upload(image("PNG", (500, 200))))
    proposal = Proposal.objects.of_rows().get()
    picture.refresh_from_db()
    assert (picture.stored, proposal.content["key"]) == (stored(), "tablets")
    approved(proposal, elif_, dr_okafor)
    picture.refresh_from_db()
    assert (picture.stored.width, str(picture.stored)) == (500, proposal.content["file"])


def test_a_picture_in_use_cannot_be_removed(article, elif_, dr_okafor):
    picture = library_picture(key="two-halves")
    approved(write_revision(article, WITH_PICTURE, by=elif_).proposal, elif_, dr_okafor)
    removal = RowDraft("picture", picture.pk, {}, str(picture), removes=True)
    with pytest.raises(InvalidProposal, match="This picture is used in 1 place, first in"):
        save_row_draft(removal, by=elif_)
    without = Draft("New", "S", "Short.[^site]", "Text.[^site]\n", "why", "why")
    approved(write_revision(article, without, by=elif_).proposal, elif_, dr_okafor)
    approved(save_row_draft(removal, by=elif_), elif_, dr_okafor)
    assert not Picture.objects.exists()


def test_editors_are_warned_of_a_removed_picture_with_its_line(db):
    found = notices({"body": "Text.[^site]\n\n[[picture:tablets]]\n"}, known_references([]))
    assert [str(notice) for notice in found] == ["line 3: [[picture:tablets]]: there is no 'tablets'."]


def test_the_insert_menu_offers_published_pictures(editor):
    library_picture()
    menu = reverse("admin:guide_article_insert-fragment", args=["part"])
    assert "[[picture:tablets]]" in editor.get(menu, {"q": "blue half"}).content.decode()
    assert "[[picture:receptor]]" in editor.get(menu, {"q": "drawing"}).content.decode()
