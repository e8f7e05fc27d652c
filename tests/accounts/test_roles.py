"""The roles in docs, code and migrations are the same."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.credentials import verification
from accounts.models import Credential, User
from accounts.permissions import is_moderator, needs_second_factor
from guide.models import Article


def table(root, heading):
    text = (root / "docs" / "roles.md").read_text().partition(heading)[2]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_docs_have_the_rows_of_the_code(root):
    rows = [[r.name, r.comes_from, r.group or "–", r.may, "required" if r.second_factor else "–"] for r in roles.ROLES]
    assert table(root, "# Roles")[1 : len(rows) + 1] == rows


def test_migrations_made_the_groups_of_the_table(db):
    assert set(Group.objects.values_list("name", flat=True)) == {r.group for r in roles.ROLES if r.group}


def rights(name):
    found = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    return {".".join(pair) for pair in found}


def test_groups_have_the_permissions_in_the_docs(db, root):
    said = dict(table(root, "## Permissions of the groups"))
    for name in (roles.REVIEWERS, roles.VERIFIERS):
        assert said[name].replace("`", "").split(", ") == sorted(rights(name))
    assert rights(roles.MODERATORS) == set()
    assert rights(roles.VERIFIERS) == {f"accounts.{code}" for code in roles.PERMISSIONS[roles.VERIFIERS]}
    editors = rights(roles.EDITORS)
    assert {right.partition(".")[0] for right in editors} == {"guide"}
    assert {
        r for r in editors if "sign" in r or r.startswith(("guide.change_articlerev", "guide.delete_articlerev"))
    } == set()
    assert "guide.publish_articlerevision" in editors


def test_roles_with_power_need_a_second_factor(maya, dr_okafor, elif_, vera):
    boss = User.objects.create_superuser("boss@example.org", "pw", display_name="Boss")
    people = {"member": maya, "moderator": dr_okafor, "editor": elif_, "reviewer": dr_okafor, "verifier": vera}
    people["administrator"] = boss
    wanted = {r.name: r.second_factor for r in roles.ROLES if r.name in people}
    assert {name: needs_second_factor(person) for name, person in people.items()} == wanted


def lapse(credential, vera):
    Credential.objects.filter(pk=credential.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke(credential, vera):
    verification.revoke(credential, by=vera, reason="Licence ended.")


@pytest.mark.parametrize("end", [lapse, revoke])
def test_a_reviewers_right_to_sign_ends_in_mid_session(end, client, guide, dr_okafor, vera):
    proposal = Article.objects.get(slug="history").live_revision.proposal
    page, url = (reverse(f"admin:guide_proposal_{name}", args=[proposal.pk]) for name in ("review", "approve"))
    signature = {"credential": "Ada Okafor", "read": "on"}
    client.force_login(dr_okafor)
    assert url in client.get(page).content.decode()
    end(dr_okafor.credentials.get(), vera)
    assert url not in client.get(page).content.decode()
    assert client.post(url, signature).status_code == 404  # they don't see proposals any more
    assert proposal.decisions.filter(action__in=["approved", "signed"]).count() == 0


@pytest.mark.parametrize("end", [lapse, revoke])
def test_a_moderators_role_ends_in_mid_session(end, client, dr_okafor, vera):
    client.force_login(dr_okafor)
    seen = []
    for step in (lambda: None, lambda: end(dr_okafor.credentials.get(), vera)):
        step()
        answer = client.get("/account/badge/")  # the same session; the person is fetched anew with each request
        seen.append((is_moderator(answer.wsgi_request.user), answer.context["in_force"] is not None))
    assert seen == [(True, True), (False, False)]
