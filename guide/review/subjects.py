"""Subjects of proposals: articles and reference rows.

The workflow and the review page are the same for both; everything that differs between them is in these two classes.
"""

from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property

from guide.admin_urls import edit_url
from guide.lint.article_notices import PARTS, breaking_errors, submission_errors
from guide.models import Article, ArticleRevision, Proposal, Source
from guide.review.article_diff import rendered_diff, text_diff
from guide.review.exceptions import InvalidProposal, StaleReview
from guide.review.revisions import guide_changed, make_live
from guide.review.row_citations import cited_keys
from guide.review.row_constraints import missing_source_errors, validate_live_pages, validate_removal
from guide.review.row_diff import row_diff
from guide.review.row_preview import preview
from guide.review.row_snapshot import REFERENCE_MODELS, Json, digest, fields_of, find_row, rebase, snapshot, store
from guide.review.row_snapshot import owned_by as owned_relation
from guide.text.diff import FieldDiff
from guide.text.markdown import CITATION


class Subject(Protocol):
    """An article or a row that is proposed, reviewed and published."""

    names_reviewer: bool
    """Whether the page shows which clinician signed it."""

    def lock(self) -> None:
        """Lock the article or row until the end of the transaction."""

    def version(self) -> str:
        """Identify what readers see now; a decision is bound to the version that the reviewer saw."""

    def check_base(self) -> None:
        """Raise StaleReview if the proposal is based on something that readers no longer see."""

    def errors(self, *, urgent: bool) -> list[str]:
        """Return what to fix before review or, if urgent, only what would look broken to readers."""

    def publish(self) -> None:
        """Make the proposal live. Raises StaleReview, InvalidProposal."""

    def parts(self) -> list[tuple[str, str]]:
        """Return the fields that a remark can refer to, as form choices."""

    def differences(self) -> list[FieldDiff]:
        """Return the differences between the proposal and what readers see."""

    def page(self) -> dict[str, Any]:
        """Return more context for the review page: the preview and its template, cited sources, the edit URL."""


def subject_of(proposal: Proposal) -> Subject:
    return ArticleSubject(proposal, proposal.revision) if proposal.revision else RowSubject(proposal)


class ArticleSubject:
    """An article. The proposal's revision is its text."""

    names_reviewer = True

    def __init__(self, proposal: Proposal, revision: ArticleRevision) -> None:
        self.proposal, self.revision, self.article = proposal, revision, revision.article

    def lock(self) -> None:
        self.article = Article.objects.select_for_update(of=("self",)).get(pk=self.article.pk)

    def version(self) -> str:
        return str(self.article.live_revision_id or "new")

    def check_base(self) -> None:
        """Do nothing: a revision is a whole text and cannot be out of date."""

    def errors(self, *, urgent: bool) -> list[str]:
        return breaking_errors(self.revision) if urgent else submission_errors(self.revision)

    def publish(self) -> None:
        make_live(self.article, self.revision)
        guide_changed()

    def parts(self) -> list[tuple[str, str]]:
        return list(PARTS.items())

    @cached_property
    def before(self) -> ArticleRevision | None:
        """Return the live text or, if this is the live one, the text before it."""
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
            "sources": Source.objects.by_keys([match[1] for match in CITATION.finditer(text) if match[1]]),
            "edit_url": edit_url(self.article),
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

    def check_base(self) -> None:
        if snapshot(self._row()) != self.proposal.base:
            raise StaleReview("What readers see has changed since this was proposed.")

    def errors(self, *, urgent: bool) -> list[str]:
        return [] if self.proposal.removes else missing_source_errors(self.proposal)

    def publish(self) -> None:
        self.check_base()
        row = self._row(lock=True)
        if self.proposal.removes and row:
            validate_removal(row)
            row.delete()
        else:
            self._store(row or self.model())
        validate_live_pages()
        guide_changed()

    def _store(self, row: Any) -> None:
        if errors := self.errors(urgent=True):
            raise InvalidProposal(*errors)
        try:
            store(row, self.proposal.content)
        except ValidationError as error:
            raise InvalidProposal(*error.messages) from error
        self.proposal.object_id = row.pk
        self.proposal.save(update_fields=["object_id"])

    def parts(self) -> list[tuple[str, str]]:
        owned = owned_relation(self.model)
        parts = [(field.name, str(field.verbose_name)) for field in fields_of(self.model)]
        return parts + ([(owned.name, str(owned.related_model._meta.verbose_name_plural))] if owned else [])

    def differences(self) -> list[FieldDiff]:
        return row_diff(self.model, self._now(), self._content())

    def _now(self) -> Json:
        """Return what readers see; for a published proposal, what they saw before it."""
        return self.proposal.base if self.proposal.published_at else snapshot(self._row())

    def _content(self) -> Json:
        """Return the proposed content, merged with changes made to the row since the proposal was written."""
        proposal = self.proposal
        return proposal.content if proposal.removes else rebase(proposal.content, proposal.base, self._now())

    def page(self) -> dict[str, Any]:
        proposal, now, content = self.proposal, self._now(), self._content()
        return {
            "preview_template": "guide/review/_row_preview.html",
            "page": preview(proposal.model, content or now, proposal.object_id) if content or now else "",
            "changed_since": row_diff(self.model, proposal.base, now) if now != proposal.base else [],
            "sources": Source.objects.by_keys(sorted(cited_keys(self.model, content))),
            "edit_url": self._edit_url(),
        }

    def _edit_url(self) -> str:
        name, pk = f"admin:guide_{self.proposal.model}", self.proposal.object_id
        return reverse(f"{name}_change", args=[pk]) if pk else reverse(f"{name}_add") + f"?proposal={self.proposal.pk}"
