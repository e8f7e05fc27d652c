"""What a proposal is about: each kind supplies lock, version, faults, publication, differences and preview.

The workflow and the review page are the same for articles and reference rows; all that differs between the two is here.
"""

from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property

from guide.lint.article_notices import PARTS, breaking_faults, submit_faults
from guide.models import Article, ArticleRevision, Proposal, Source
from guide.review.article_diff import rendered_diff, text_diff
from guide.review.refusals import HasFaults, StaleReview
from guide.review.revisions import guide_changed, make_live
from guide.review.row_citations import cited_keys
from guide.review.row_constraints import missing_sources, refuse_missing_parts, refuse_removal_if_needed
from guide.review.row_diff import row_diff
from guide.review.row_preview import preview
from guide.review.row_snapshot import REFERENCE_MODELS, Json, digest, fields_of, find_row, rebase, snapshot, store
from guide.review.row_snapshot import owned_by as owned_relation
from guide.text.diff import FieldDiff
from guide.text.markdown import CITATION


class Subject(Protocol):
    """One kind of thing that is proposed, reviewed and published."""

    names_reviewer: bool
    """Whether readers are told which clinician signed it."""

    def lock(self) -> None:
        """Lock what the proposal would change, until the transaction ends."""

    def version(self) -> str:
        """Name what readers see now: a decision is bound to the version beside which the proposal was read."""

    def refuse_stale(self) -> None:
        """Raise StaleReview if the proposal was written over something that readers no longer see."""

    def faults(self, *, urgent: bool) -> list[str]:
        """What to fix before review or, if urgent, only what readers would see as broken."""

    def publish(self) -> None:
        """Let readers see it. Raises StaleReview, HasFaults."""

    def parts(self) -> list[tuple[str, str]]:
        """The fields that a remark can be about, as choices for a form."""

    def differences(self) -> list[FieldDiff]:
        """How the proposal differs from what readers see."""

    def page(self) -> dict[str, Any]:
        """What else the review page shows: the preview and its template, cited sources, and where to edit."""


def subject_of(proposal: Proposal) -> Subject:
    return ArticleSubject(proposal, proposal.revision) if proposal.revision else RowSubject(proposal)


class ArticleSubject:
    """A page of the guide. The proposal's revision is its text."""

    names_reviewer = True

    def __init__(self, proposal: Proposal, revision: ArticleRevision) -> None:
        self.proposal, self.revision, self.article = proposal, revision, revision.article

    def lock(self) -> None:
        self.article = Article.objects.select_for_update(of=("self",)).get(pk=self.article.pk)

    def version(self) -> str:
        return str(self.article.live_revision_id or "new")

    def refuse_stale(self) -> None:
        """Do nothing: a revision is a whole text, and never out of date by itself."""

    def faults(self, *, urgent: bool) -> list[str]:
        return breaking_faults(self.revision) if urgent else submit_faults(self.revision)

    def publish(self) -> None:
        make_live(self.article, self.revision)
        guide_changed()

    def parts(self) -> list[tuple[str, str]]:
        return list(PARTS.items())

    @cached_property
    def before(self) -> ArticleRevision | None:
        """The live text or, if this is the live one, the text before it."""
        live = self.article.live_revision
        if live and live != self.revision:
            return live
        older = self.article.revisions.filter(proposal__state=Proposal.State.PUBLISHED, number__lt=self.revision.number)
        return older.order_by("-number").first()

    def differences(self) -> list[FieldDiff]:
        return text_diff(self.before, self.revision)

    def page(self) -> dict[str, Any]:
        text = self.revision.in_short + self.revision.body
        return {
            "preview_template": "guide/review/_rendered_diff.html",
            **rendered_diff(self.before, self.revision),
            "sources": _sources([match[1] for match in CITATION.finditer(text) if match[1]]),
            "edit_url": reverse("admin:guide_article_change", args=[self.article.pk]),
            "history_url": reverse("admin:guide_article_history", args=[self.article.pk]),
        }


class RowSubject:
    """A reference row: a question, a help line, a treatment with its cells."""

    names_reviewer = False

    def __init__(self, proposal: Proposal) -> None:
        self.proposal, self.model = proposal, REFERENCE_MODELS[proposal.model]

    def _row(self, *, lock: bool = False) -> Any:
        return find_row(self.proposal.model, self.proposal.object_id, lock=lock)

    def lock(self) -> None:
        self._row(lock=True)

    def version(self) -> str:
        return digest(snapshot(self._row()))

    def refuse_stale(self) -> None:
        if snapshot(self._row()) != self.proposal.base:
            raise StaleReview("What readers see has changed since this was proposed.")

    def faults(self, *, urgent: bool) -> list[str]:
        return [] if self.proposal.removes else missing_sources(self.proposal)

    def publish(self) -> None:
        self.refuse_stale()
        row = self._row(lock=True)
        if self.proposal.removes and row:
            refuse_removal_if_needed(row)
            row.delete()
        else:
            self._store(row or self.model())
        refuse_missing_parts()
        guide_changed()

    def _store(self, row: Any) -> None:
        if faults := self.faults(urgent=True):
            raise HasFaults(*faults)
        try:
            store(row, self.proposal.content)
        except ValidationError as error:
            raise HasFaults(*error.messages) from error
        self.proposal.object_id = row.pk
        self.proposal.save(update_fields=["object_id"])

    def parts(self) -> list[tuple[str, str]]:
        owned = owned_relation(self.model)
        parts = [(field.name, str(field.verbose_name)) for field in fields_of(self.model)]
        return parts + ([(owned.name, str(owned.related_model._meta.verbose_name_plural))] if owned else [])

    def differences(self) -> list[FieldDiff]:
        now, content = self._now(), self._content()
        return row_diff(self.model, now, content)

    def _now(self) -> Json:
        """What readers see; of a published proposal, what they saw before it."""
        return self.proposal.base if self.proposal.published_at else snapshot(self._row())

    def _content(self) -> Json:
        """The proposed row; if the row has changed meanwhile, the proposal on top of it."""
        proposal = self.proposal
        return proposal.content if proposal.removes else rebase(proposal.content, proposal.base, self._now())

    def page(self) -> dict[str, Any]:
        proposal, now, content = self.proposal, self._now(), self._content()
        return {
            "preview_template": "guide/review/_row_preview.html",
            "page": preview(proposal.model, content or now, proposal.object_id) if content or now else "",
            "meanwhile": row_diff(self.model, proposal.base, now) if now != proposal.base else [],
            "sources": _sources(sorted(cited_keys(self.model, content))),
            "edit_url": self._edit_url(),
        }

    def _edit_url(self) -> str:
        name, pk = f"admin:guide_{self.proposal.model}", self.proposal.object_id
        return reverse(f"{name}_change", args=[pk]) if pk else reverse(f"{name}_add") + f"?proposal={self.proposal.pk}"


def _sources(keys: list[str]) -> list[Source]:
    """The sources with these keys, in their order."""
    found = Source.objects.in_bulk(set(keys), field_name="key")
    return [found[key] for key in dict.fromkeys(keys) if key in found]
