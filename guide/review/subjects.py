"""Subjects of proposals: articles and reference rows.

The workflow and the review page are the same for both: a content, its differences, its preview, its lint and its constraints.
What differs for an article, whose content is an immutable revision, is in ArticleSubject.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, TextField
from django.urls import reverse
from django.utils.functional import cached_property

from accounts import house_rules
from accounts.models import User
from guide.admin_urls import edit_url
from guide.lint.article_notices import PARTS, UNSAFE, Notice, NoticeKind, notices
from guide.models import Article, ArticleRevision, Proposal, ProposalDecision, SitePage, Source
from guide.models.reference import CITED
from guide.pages.blocks import UnknownBlock, fill_blocks
from guide.pages.references import known_references
from guide.pages.site_facts import fact_notices
from guide.pages.site_pages import from_file
from guide.review.citations import cited_keys, unknown_source_errors
from guide.review.claims import claims_of
from guide.review.constraints import validate_live_pages, validate_removal
from guide.review.diff import content_diff
from guide.review.exceptions import InvalidProposal, StaleReview
from guide.review.preview import preview
from guide.review.revisions import Draft, content_of, guide_changed, make_live, propose, slug_errors, write_revision
from guide.review.snapshot import (
    Json,
    content_model,
    digest,
    fields_of,
    find_subject,
    owned_by,
    rebase,
    snapshot,
    store,
)
from guide.text.diff import FieldDiff

RESTORED_NOTE = "An earlier version was restored."  # under “What changed”; the reason is in the history
UNCHECKED = {"title", "name", "maker", "credit"}  # the names of books, people and groups stay as they are


def subject_of(proposal: Proposal) -> "Subject":
    kinds = {"article": ArticleSubject, "sitepage": SitePageSubject}
    return kinds.get(proposal.model, Subject)(proposal)


class Subject:
    """A reference row that is proposed, reviewed and published: a question, a help line, a treatment with its cells."""

    names_reviewer = False  # whether the page shows which clinician signed it

    def __init__(self, proposal: Proposal) -> None:
        self.proposal, self.model = proposal, content_model(proposal.model)

    def row(self, *, lock: bool = False) -> Any:
        return find_subject(self.proposal.model, self.proposal.object_id, lock=lock)

    def lock(self) -> None:
        """Lock the article or row until the end of the transaction."""
        self.row(lock=True)

    @cached_property
    def now(self) -> Json:
        """What readers see now; {} if nothing."""
        return snapshot(self.row())

    @cached_property
    def before(self) -> Json:
        """What readers see now or, if the proposal was published, what they saw before it; {} if nothing."""
        return self.proposal.base if self.proposal.published_at else self.now

    @cached_property
    def content(self) -> Json:
        """What readers would see; {} for a removal. Changes made since the proposal was written are merged in."""
        proposal = self.proposal
        return proposal.content if proposal.removes else rebase(proposal.content, proposal.base, self.before)

    def version(self) -> str:
        """Identify what readers see now; a decision is bound to the version that the reviewer saw."""
        return digest(self.now)

    def check_base(self) -> None:
        """Raise StaleReview if the proposal is based on something that readers no longer see."""
        if self.now != self.proposal.base:
            raise StaleReview("What readers see has changed since this was proposed.")

    def notices(self) -> list[Notice]:
        """Return the lint notices on the row's texts and those of its parts."""
        if self.model is Source or self.proposal.removes:  # a source's texts are other people's words
            return []
        owned, content, known = owned_by(self.model), content_of(self.proposal), known_references(None)
        parts = content.get(owned.name, []) if owned else []
        texts = [(self.model, content), *((owned.related_model, part) for part in parts)]
        return [notice for model, fields in texts for notice in notices(_texts(model, fields), known, _cited(model))]

    def errors(self, *, urgent: bool) -> list[str]:
        """Return what to fix before review or, if urgent, only what is unsafe or would look broken to readers."""
        listed = unknown_source_errors(set(content_of(self.proposal).get("sources") or []))
        kinds = UNSAFE if urgent else set(NoticeKind) - {NoticeKind.REMOVAL}
        return listed + [str(notice) for notice in self.notices() if notice.kind in kinds]

    @property
    def has_version_before(self) -> bool:
        """Whether a published proposal can be undone. A new row can: readers saw none before."""
        return True

    def was_sent_back(self) -> bool:
        """Return whether a reviewer has sent back a proposal for this subject since it was last published."""
        of_subject = Proposal.objects.of_subject(self.proposal.model, self.proposal.object_id)
        sent_back = ProposalDecision.objects.filter(
            proposal__in=of_subject, action=ProposalDecision.Action.SENT_BACK, by__isnull=False
        )
        live = of_subject.live().first()
        return sent_back.filter(decided_at__gt=live.published_at).exists() if live else sent_back.exists()

    def begins_rules_version(self) -> bool:
        """Return whether it marks a new version of the house rules, or brings the text of an earlier one back."""
        return False

    def propose_again(self, content: Json, *, by: User) -> Proposal:
        """Propose an earlier content. An empty one removes the row."""
        proposal = self.proposal
        fields = {"label": proposal.label, "content": content, "base": self.now, "removes": not content}
        return propose(proposal.model, proposal.object_id, over=None, author=by, note=RESTORED_NOTE, **fields)

    def publish(self) -> None:
        """Make the proposal live. Raises StaleReview, InvalidProposal."""
        self.check_base()
        row = self.row(lock=True)
        if self.proposal.removes and row:
            validate_removal(row)
            row.delete()
        elif not self.proposal.removes:
            self._store(row or self.model(pk=self.proposal.object_id))
        validate_live_pages()
        guide_changed()

    def _store(self, row: Any) -> None:
        if errors := unknown_source_errors(cited_keys(self.model, self.proposal.content)):
            raise InvalidProposal(*errors)
        try:
            store(row, self.proposal.content)
        except ValidationError as error:
            raise InvalidProposal(*error.messages) from error
        self.proposal.object_id = row.pk
        self.proposal.save(update_fields=["object_id"])

    def parts(self) -> list[tuple[str, str]]:
        """Return the fields that a remark can refer to, as form choices."""
        owned = owned_by(self.model)
        parts = [(field.name, str(field.verbose_name)) for field in fields_of(self.model)]
        return parts + ([(owned.name, str(owned.related_model._meta.verbose_name_plural))] if owned else [])

    def differences(self) -> list[FieldDiff]:
        """Return the differences between the proposal and what readers see."""
        return content_diff(self.model, self.before, self.content)

    def page(self) -> dict[str, Any]:
        """Return more context for the review page: differences, preview, claims, later changes, the edit URL."""
        proposal, before, content = self.proposal, self.before, self.content
        shown = content or before
        changed = not proposal.revision_id and before != proposal.base
        differences = self.differences()
        return {
            "differences": differences,
            "notices": [] if proposal.published_at else self.notices(),
            "page": preview(proposal.model, shown, proposal.object_id, before) if shown else "",
            "unseen_differences": [field for field in differences if field.key not in self.seen_fields()],
            "changed_since": content_diff(self.model, proposal.base, before) if changed else [],
            "claims": claims_of(self.model, before, content),
            "edit_url": self.edit_url(),
        }

    def seen_fields(self) -> list[str]:
        """Return the fields in which the preview marks what changes."""
        return _cited(self.model)

    def edit_url(self) -> str:
        row, name = self.row(), f"admin:guide_{self.proposal.model}_add"
        return edit_url(row) if row else f"{reverse(name)}?proposal={self.proposal.pk}"


class SitePageSubject(Subject):
    """A page about the site. It needs no sources, but must keep the names of facts that the site fills in."""

    def begins_rules_version(self) -> bool:
        content = self.proposal.content
        is_rules = content["slug"] == SitePage.Slug.HOUSE_RULES
        return is_rules and (self.proposal.accept_again or house_rules.is_of_earlier_version(content["body"]))

    def notices(self) -> list[Notice]:
        texts = _texts(SitePage, self.proposal.content)
        found = notices(texts, known_references(None), cited=(), uncited=("body",))
        slug = self.proposal.content["slug"]
        required = from_file(slug).body if slug else ""  # none while the form of a new row is empty
        return [*found, *fact_notices("body", texts["body"], required)]

    def publish(self) -> None:
        """Make the page live. Record the house rules, as a new version if members must accept them again."""
        super().publish()
        content = self.proposal.content
        if content["slug"] == SitePage.Slug.HOUSE_RULES:
            house_rules.record_text(content["body"], must_accept=self.proposal.accept_again)

    def seen_fields(self) -> list[str]:
        return ["title", "summary", "body"]


class ArticleSubject(Subject):
    """An article. The proposal's revision is its whole page: the text, its place and what is shown with it."""

    names_reviewer = True

    @property
    def revision(self) -> ArticleRevision:
        revision = self.proposal.revision
        if revision is None:
            raise ValueError(f"{self.proposal} proposes no article.")
        return revision

    @cached_property
    def before(self) -> Json:
        """What readers see now or, if this is live or was, the page that was published before it."""
        if self.proposal.published_at is None:
            return self.now
        published = Proposal.objects.of_subject("article", self.proposal.object_id).exclude(revision=None)
        older = published.filter(published_at__lt=self.proposal.published_at).order_by("-published_at")
        before = older.select_related("revision").first()
        return content_of(before) if before else {}

    @cached_property
    def content(self) -> Json:
        return content_of(self.proposal)

    def check_base(self) -> None:
        """Do nothing: a revision is a whole page and cannot be out of date."""

    def notices(self) -> list[Notice]:
        text = {part: self.content[part] for part in PARTS}
        return notices(text, known_references(self.content["safety_messages"], self.before.get("safety_messages", [])))

    def errors(self, *, urgent: bool) -> list[str]:
        return slug_errors(self.content["slug"], self.proposal.object_id) + super().errors(urgent=urgent)

    @property
    def has_version_before(self) -> bool:
        return bool(self.before)

    def propose_again(self, content: Json, *, by: User) -> Proposal:
        draft = Draft(**content, note=RESTORED_NOTE, public_note=RESTORED_NOTE)
        return write_revision(self.revision.article, draft, by=by).proposal

    def publish(self) -> None:
        if errors := slug_errors(self.content["slug"], self.proposal.object_id):
            raise InvalidProposal(*errors)
        try:
            fill_blocks(self.revision.body_html)
        except UnknownBlock as error:
            raise InvalidProposal(str(error)) from error
        make_live(Article.objects.select_related("live_revision").get(pk=self.revision.article_id), self.revision)
        guide_changed()

    def seen_fields(self) -> list[str]:
        return ["title", "in_short", "body"]

    def page(self) -> dict[str, Any]:
        return super().page() | {"history_url": reverse("admin:guide_article_history", args=[self.proposal.object_id])}


def _texts(model: Any, fields: Json) -> dict[str, str]:
    checked = [f for f in fields_of(model) if isinstance(f, CharField | TextField) and not f.choices]
    return {f.name: fields.get(f.name) or "" for f in checked if f.name not in UNCHECKED}


def _cited(model: Any) -> list[str]:
    return [f.name for f in fields_of(model) if f.help_text == CITED]
