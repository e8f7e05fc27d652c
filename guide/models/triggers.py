"""Database triggers that enforce the editorial workflow, even against raw SQL under the application's own role."""

import pgtrigger

from guide.models.page_fields import PAGE_FIELDS

MADE_LIVE = "('loaded', 'published', 'urgent', 'restored')"
MAY_BE_PUBLISHED = "('loaded', 'approved', 'urgent', 'restored')"
# load_guide sets this for its own transaction: content files are reviewed as files.
LOADING = "coalesce(current_setting('guide.loading', true), '') = 'on'"


def _page_columns(table: str) -> str:
    return ", ".join(f"{table}.{'section_id' if name == 'section' else name}" for name in PAGE_FIELDS)


NO_SELF_APPROVAL = pgtrigger.Trigger(
    name="no_self_approval",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("proposed", "guide_proposal%ROWTYPE")],
    func=f"""
        SELECT * INTO proposed FROM guide_proposal WHERE id = NEW.proposal_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a decision needs a proposal';
        END IF;
        IF NEW.action IN ('approved', 'signed') AND (NEW.by_id IS NULL OR EXISTS (
            WITH RECURSIVE drafts AS (
                SELECT id, author_id, replaces_id FROM guide_proposal WHERE id = NEW.proposal_id
                UNION SELECT p.id, p.author_id, p.replaces_id FROM guide_proposal p
                    JOIN drafts ON p.id = drafts.replaces_id
            )
            SELECT 1 FROM drafts WHERE author_id = NEW.by_id
            UNION ALL SELECT 1 FROM guide_proposaldecision
                WHERE proposal_id = NEW.proposal_id AND action = 'submitted' AND by_id = NEW.by_id
        )) THEN
            RAISE EXCEPTION 'a person cannot approve or sign what they wrote or submitted';
        END IF;
        IF NEW.action = 'loaded' AND (
            NEW.by_id IS NOT NULL OR proposed.author_id IS NOT NULL OR proposed.revision_id IS NULL OR NOT {LOADING}
        ) THEN
            RAISE EXCEPTION 'only a text from the content files can be loaded';
        END IF;
        IF NEW.action = 'published' AND (NEW.by_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM guide_proposaldecision WHERE proposal_id = NEW.proposal_id AND action = 'approved'
        )) THEN
            RAISE EXCEPTION 'publication needs the approval of a second person';
        END IF;
        IF NEW.action = 'restored' AND NOT EXISTS (
            SELECT 1 FROM guide_articlerevision text
            JOIN guide_articlerevision r ON r.article_id = text.article_id AND r.id <> text.id
                AND ({_page_columns("r")}) = ({_page_columns("text")})
            JOIN guide_proposal p ON p.revision_id = r.id
            JOIN guide_proposaldecision d ON d.proposal_id = p.id AND d.action IN {MADE_LIVE}
            WHERE text.id = proposed.revision_id
            UNION ALL SELECT 1 FROM guide_proposal p
            WHERE p.model = proposed.model AND p.object_id = proposed.object_id AND p.id <> proposed.id
                AND p.state = 'published' AND p.revision_id IS NULL
                AND ((p.content, p.removes) = (proposed.content, proposed.removes) OR p.base = proposed.content)
        ) THEN
            RAISE EXCEPTION 'only what readers saw before can be restored';
        END IF;
        IF NEW.action = 'urgent' AND proposed.revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM guide_article WHERE id = proposed.object_id AND live_revision_id IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'a new page cannot be published before its review';
        END IF;
        RETURN NEW;
    """,
)

PUBLISHED_BY_DECISION = pgtrigger.Trigger(
    name="published_by_decision",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func=f"""
        IF NEW.state IN ('scheduled', 'published') AND coalesce((
            SELECT action FROM guide_proposaldecision
            WHERE proposal_id = NEW.id AND action NOT IN ('published', 'signed', 'rescheduled')
            ORDER BY id DESC LIMIT 1
        ), 'none') NOT IN {MAY_BE_PUBLISHED} THEN
            RAISE EXCEPTION 'a proposal needs a decision to be scheduled or published';
        END IF;
        RETURN NEW;
    """,
)

AUTHOR_OF_REVISION = pgtrigger.Trigger(
    name="author_of_revision",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM guide_articlerevision
            WHERE id = NEW.revision_id AND article_id = NEW.object_id AND author_id IS NOT DISTINCT FROM NEW.author_id
        ) THEN
            RAISE EXCEPTION 'a proposal needs the article and the author of its revision';
        END IF;
        RETURN NEW;
    """,
)

ONLY_PUBLISHED_TEXT_IS_LIVE = pgtrigger.Trigger(
    name="only_published_text_is_live",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("live_revision_id", "slug"),
    func=f"""
        IF TG_OP = 'UPDATE' AND NEW.live_revision_id IS NULL AND OLD.live_revision_id IS NOT NULL AND NOT {LOADING} THEN
            RAISE EXCEPTION 'a page is taken down by a withdrawal';
        END IF;
        IF NEW.live_revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM guide_articlerevision r
            JOIN guide_proposal p ON p.revision_id = r.id AND p.state = 'published'
            JOIN guide_proposaldecision d ON d.proposal_id = p.id AND d.action IN {MADE_LIVE}
            WHERE r.id = NEW.live_revision_id AND r.article_id = NEW.id AND r.slug = NEW.slug AND NOT EXISTS (
                SELECT 1 FROM guide_proposal later
                WHERE later.model = 'article' AND later.object_id = NEW.id AND later.published_at > p.published_at
            )
        ) THEN
            RAISE EXCEPTION 'only the text that was published last can be live, under its own slug';
        END IF;
        RETURN NEW;
    """,
)
LAST_PUBLISHED = "state = 'published' ORDER BY published_at DESC LIMIT 1"

ROW_FOLLOWS_PROPOSAL = pgtrigger.Trigger(
    name="row_follows_proposal",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("shown", "guide_proposal%ROWTYPE")],
    func=f"""
        IF {LOADING} THEN
            RETURN coalesce(NEW, OLD);
        END IF;
        SELECT * INTO shown FROM guide_proposal
            WHERE model = substr(TG_TABLE_NAME, 7) AND (
                object_id = coalesce(NEW.id, OLD.id) OR (object_id IS NULL AND TG_OP = 'INSERT')
            ) AND {LAST_PUBLISHED};
        IF TG_OP = 'DELETE' AND shown.removes THEN
            RETURN OLD;
        ELSIF TG_OP <> 'DELETE' AND NOT shown.removes AND NOT EXISTS (
            SELECT 1 FROM jsonb_each_text(to_jsonb(NEW)) AS c(name, value)
            WHERE c.name <> 'id' AND c.value IS DISTINCT FROM shown.content ->> (
                CASE WHEN shown.content ? c.name THEN c.name ELSE regexp_replace(c.name, '_id$', '') END
            )
        ) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'readers see a row only as it was last published';
    """,
)


CHANGES_COME_FROM_FILES = pgtrigger.Trigger(
    name="changes_come_from_files",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("earlier_changes"),
    func=f"""
        IF NEW.earlier_changes IS DISTINCT FROM OLD.earlier_changes AND NOT {LOADING} THEN
            RAISE EXCEPTION 'earlier changes come from the content files';
        END IF;
        RETURN NEW;
    """,
)


def part_follows_proposal(model: str, owner: str, parts: str) -> pgtrigger.Trigger:
    """Return the same guard for rows that are edited together with the row that owns them."""
    return pgtrigger.Trigger(
        name="part_follows_proposal",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("shown", "guide_proposal%ROWTYPE")],
        func=f"""
            IF {LOADING} THEN
                RETURN coalesce(NEW, OLD);
            END IF;
            SELECT * INTO shown FROM guide_proposal
                WHERE model = '{model}' AND (object_id = coalesce(NEW.{owner}, OLD.{owner}) OR object_id IS NULL)
                AND {LAST_PUBLISHED};
            IF TG_OP = 'DELETE' AND (
                shown.removes
                OR NOT shown.content -> '{parts}' @> jsonb_build_array(jsonb_build_object('id', OLD.id))
                OR EXISTS (
                    SELECT 1 FROM guide_proposal
                    WHERE model = 'matrixrow' AND removes AND state = 'published'
                        AND object_id = (to_jsonb(OLD) ->> 'row_id')::bigint
                )
            ) THEN
                RETURN OLD;
            ELSIF TG_OP <> 'DELETE' AND EXISTS (
                SELECT 1 FROM jsonb_array_elements(shown.content -> '{parts}') AS part
                WHERE NOT EXISTS (
                    SELECT 1 FROM jsonb_each_text(to_jsonb(NEW)) AS c(name, value)
                    WHERE c.name NOT IN ('id', '{owner}') AND c.value IS DISTINCT FROM part ->> (
                        CASE WHEN part ? c.name THEN c.name ELSE regexp_replace(c.name, '_id$', '') END
                    )
                )
            ) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'readers see a row only as it was last published';
        """,
    )
