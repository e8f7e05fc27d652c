import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, Sanction
from core.transitions import IllegalTransition
from forum.appeals.appeal import appeal
from forum.appeals.reports import report_author, report_member, report_post
from forum.models import Decision, Post, PostRevision, Report, ReviewItem
from forum.moderation.appeal_decisions import answer_appeal
from forum.moderation.post_removal import remove, restore
from forum.moderation.report_decisions import dismiss_report, refer_author_to_staff, uphold_report
from forum.moderation.text_decisions import approve, ask_for_changes, reject
from forum.personal_data import erase
from forum.posting.posts import PostText, delete_post, edit_post, withdraw_post

REFUSALS = {
    "rejected": lambda p, by: reject(p.revisions.latest("number"), by=by, reason="dose"),
    "changes": lambda p, by: ask_for_changes(p.revisions.latest("number"), by=by, reason="dose", note="Please."),
    "removed": lambda p, by: remove(p, by=by, reason="dose"),
}


@pytest.fixture
def refused(say, maya, dr_lind):
    """Maya's post, refused by Dr. Lind, and her appeal."""

    def refused(how, *, appealed=True):
        post = say(maya, f"Words, {how}.", public=how == "removed")
        decision = REFUSALS[how](post, dr_lind)
        return appeal(decision, by=maya, text="Why?") if appealed else decision

    return refused


def open_items(kind, moderator):
    """Open items of a kind that the moderator may decide, oldest first."""
    return ReviewItem.objects.open().filter(kind=kind).for_moderator(moderator).order_by("pk")


def last_told(person):
    return Notification.objects.of(person).latest("pk").sentence


@pytest.mark.parametrize(("choice", "state", "said"), [
    ("keep", "kept", "A moderator reviewed the post and left it as it is."),
    ("act", "acted", "A moderator removed the post."),
])  # fmt: skip
def test_one_decision_closes_all_reports_on_a_post(published, maya, noah, elif_, dr_lind, choice, state, said):
    post, other = published(maya, "One."), published(maya, "Two.")
    first = report_post(post, by=noah, reason="spam")[0]
    report_post(post, by=elif_, reason="dose")
    report_post(other, by=noah, reason="dose")
    if choice == "keep":
        dismiss_report(first, by=dr_lind)
    else:
        uphold_report(first, by=dr_lind, reason="dose")
    states = Report.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [state, state, "open"]
    assert {last_told(noah), last_told(elif_)} == {f"Thank you for your report. {said}"}
    assert Post.objects.get(pk=post.pk).state == ("published" if choice == "keep" else "removed")
    assert "report" not in "".join(Notification.objects.of(maya).values_list("sentence", flat=True))
    with pytest.raises(IllegalTransition):
        dismiss_report(first, by=dr_lind)


def test_upholding_a_report_on_a_member_notifies_staff(maya, noah, dr_lind, vera):
    uphold_report(report_member(maya, by=noah, reason="unkind")[0], by=dr_lind, reason="")
    assert last_told(vera) == "A moderator asked you to review a member after a report."
    assert last_told(noah) == "Thank you for your report. Staff will review the member’s account."
    assert Notification.objects.of(maya).count() == 0


@pytest.mark.parametrize(
    "decide", [dismiss_report, lambda r, by: uphold_report(r, by=by, reason="dose")], ids=["keep", "act"]
)
def test_involved_moderators_cannot_decide_a_report(published, maya, noah, dr_lind, dr_okafor, decide):
    lind_wrote = report_post(published(dr_lind, "Mine."), by=noah, reason="spam")[0]
    noahs = report_post(published(maya, "Hers."), by=noah, reason="spam")[0]
    report_post(noahs.post, by=dr_lind, reason="dose")  # a second report on the post, by the moderator
    about_lind = report_member(dr_lind, by=noah, reason="unkind")[0]
    for found in (lind_wrote, noahs, about_lind):
        with pytest.raises(PermissionDenied):
            decide(found, by=dr_lind)
    for person in (maya, noah):
        with pytest.raises(PermissionDenied):
            decide(noahs, by=person)
    assert list(open_items("report", dr_lind)) == []
    rows = open_items("report", dr_okafor)
    assert [(r.post, r.member, Report.objects.filter(post=r.post, member=r.member).count()) for r in rows] == [
        (lind_wrote.post, None, 1), (noahs.post, None, 2), (None, dr_lind, 1)
    ]  # fmt: skip
    dr_okafor.credentials.update(expires_at=timezone.now())
    with pytest.raises(PermissionDenied):
        decide(noahs, by=dr_okafor)


def test_a_report_on_a_deleted_post_can_only_be_dismissed(published, maya, noah, dr_lind):
    post = published(maya, "One.")
    found = report_post(post, by=noah, reason="spam")[0]
    delete_post(post, by=maya)
    with pytest.raises(IllegalTransition):
        uphold_report(found, by=dr_lind, reason="dose")
    dismiss_report(found, by=dr_lind)


@pytest.mark.parametrize("how", REFUSALS)
def test_an_upheld_appeal_changes_nothing(refused, maya, dr_okafor, how):
    found = refused(how)
    before = list(Post.objects.values("state", "live_revision")), Decision.objects.count()
    answer_appeal(found, by=dr_okafor, overturn=False, answer="It stands, since …")
    assert (list(Post.objects.values("state", "live_revision")), Decision.objects.count()) == before
    assert last_told(maya) == "Your appeal was answered: the decision stands."


@pytest.mark.parametrize("how", REFUSALS)
def test_a_successful_appeal_publishes_the_text_by_a_new_decision(refused, maya, dr_okafor, how):
    found = refused(how)
    answer_appeal(found, by=dr_okafor, overturn=True, answer="You are right.")
    post = Post.objects.select_related("thread").get()
    last = Decision.objects.latest("pk")
    assert (post.state, post.live_revision, post.thread.title) == ("published", found.decision.revision, "A question")
    assert (last.action, last.by) == ("restored" if how == "removed" else "approved", dr_okafor)
    assert (post.thread.post_count, post.thread.category.post_count) == (1, 1)
    assert last_told(maya) == "Your appeal was answered: the decision was changed."


@pytest.mark.parametrize("how", REFUSALS)
def test_an_appeal_is_answered_once_by_an_uninvolved_moderator(refused, maya, noah, dr_lind, dr_okafor, how):
    found = refused(how)
    for person in (maya, noah, dr_lind):
        with pytest.raises(PermissionDenied):
            answer_appeal(found, by=person, overturn=True, answer="x")
    assert list(open_items("appeal", dr_lind)) == []
    assert [item.appeal for item in open_items("appeal", dr_okafor)] == [found]
    Report.objects.create(post=found.decision.revision.post, by=dr_okafor, reason="dose", state="acted")
    with pytest.raises(PermissionDenied):
        answer_appeal(found, by=dr_okafor, overturn=True, answer="x")
    assert list(open_items("appeal", dr_okafor)) == []
    Report.objects.all().delete()
    answer_appeal(found, by=dr_okafor, overturn=False, answer="x")
    with pytest.raises(IllegalTransition):
        answer_appeal(found, by=dr_okafor, overturn=True, answer="x")


def test_answering_appeals_requires_a_credential_and_not_ones_own_post(say, refused, dr_lind, dr_okafor):
    own = REFUSALS["rejected"](say(dr_okafor, "Mine.", public=False), dr_lind)
    for found in (appeal(own, by=dr_okafor, text="Why?"), refused("rejected")):
        if found.decision != own:
            dr_okafor.credentials.update(expires_at=timezone.now())
        with pytest.raises(PermissionDenied):
            answer_appeal(found, by=dr_okafor, overturn=True, answer="x")


def test_authors_can_appeal_once_even_while_suspended(refused, maya, noah, vera):
    decision = refused("rejected", appealed=False)
    with pytest.raises(PermissionDenied):
        appeal(decision, by=noah, text="For Maya.")
    Sanction.objects.create(user=maya, kind="suspension", reason="r", message="m", by=vera)
    appeal(decision, by=maya, text="Why?")
    with pytest.raises(PermissionDenied):
        appeal(decision, by=maya, text="And why?")


def test_a_decision_no_longer_in_effect_cannot_be_appealed(refused, maya, dr_lind):
    gone = refused("removed", appealed=False)
    restore(gone.revision.post, by=dr_lind)
    resent = refused("changes", appealed=False)
    edit_post(resent.revision.post, PostText("Other words.", title="T"), by=maya)
    for decision in (gone, resent):
        with pytest.raises(PermissionDenied):
            appeal(decision, by=maya, text="Why?")


def test_a_successful_appeal_does_not_replace_a_newer_text(refused, maya, dr_okafor):
    found = refused("rejected")
    post = found.decision.revision.post
    edit_post(post, PostText("Newer.", title="Newer"), by=maya)
    approve(post.revisions.get(number=2), by=dr_okafor)
    answer_appeal(found, by=dr_okafor, overturn=True, answer="You were right.")
    post = Post.objects.select_related("thread").get()
    assert (post.live_revision.body, post.thread.title) == ("Newer.", "Newer")
    assert PostRevision.objects.get(number=1).state == "rejected"


@pytest.mark.parametrize("how", ["rejected", "changes"])
def test_a_successful_appeal_does_not_publish_withdrawn_text(refused, maya, dr_okafor, how):
    found = refused(how)
    post = found.decision.revision.post
    if how == "changes":
        withdraw_post(post, by=maya)
    else:
        erase(maya)
        type(maya).objects.filter(pk=maya.pk).update(state="erased")
    answer_appeal(found, by=dr_okafor, overturn=True, answer="You were right.")
    assert Post.objects.get().live_revision is None


def test_a_rejected_edit_replaces_the_live_text_after_a_successful_appeal(published, maya, dr_lind, dr_okafor):
    post = published(maya, "Old.")
    edit_post(post, PostText("New.", title="New"), by=maya)
    found = appeal(REFUSALS["rejected"](post, dr_lind), by=maya, text="Why?")
    answer_appeal(found, by=dr_okafor, overturn=True, answer="Right.")
    post = Post.objects.select_related("thread").get()
    assert (post.live_revision.body, post.position, post.thread.title) == ("New.", 1, "New")


def test_a_moderator_asks_staff_to_check_an_anonymous_author_and_leaves_the_post(
    client, published, maya, noah, elif_, dr_lind, vera
):
    post = published(maya, "In secret.", anonymous=True)
    about_author, _ = report_author(post, by=noah, reason="unkind")
    about_post, _ = report_post(post, by=elif_, reason="unkind")
    client.force_login(dr_lind)
    page = client.get(reverse("forum:review-item", args=[ReviewItem.objects.get(kind="report").pk])).content.decode()
    assert "About the author:" in page
    assert "Leave the post, and ask staff to check its author" in page
    refer_author_to_staff(about_post, by=dr_lind)
    states = dict(Report.objects.values_list("pk", "state"))
    assert states == {about_author.pk: "acted", about_post.pk: "kept"}
    assert "Staff will review its author’s account." in last_told(noah)
    assert "left it as it is" in last_told(elif_)
    assert Notification.objects.filter(recipient=vera, kind="desk").exists()
