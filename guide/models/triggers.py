"""Database triggers that enforce the editorial workflow, even against raw SQL under the application's own role."""

import pgtrigger

MADE_LIVE = "('loaded', 'published', 'urgent', 'restored')"

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
            NEW.by_id IS NOT NULL OR proposed.author_id IS NOT NULL OR proposed.revision_id IS NULL
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
                AND (r.title, r.summary, r.in_short, r.body) = (text.title, text.summary, text.in_short, text.body)
            JOIN guide_proposal p ON p.revision_id = r.id
            JOIN guide_proposaldecision d ON d.proposal_id = p.id AND d.action IN {MADE_LIVE}
            WHERE text.id = proposed.revision_id
        ) THEN
            RAISE EXCEPTION 'only a text that was published can be restored';
        END IF;
        RETURN NEW;
    """,
)

PUBLISHED_BY_DECISION = pgtrigger.Trigger(
    name="published_by_decision",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.state IN ('scheduled', 'published') AND NOT EXISTS (
            SELECT 1 FROM guide_proposaldecision
            WHERE proposal_id = NEW.id AND action IN ('loaded', 'approved', 'urgent', 'restored')
        ) THEN
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
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("live_revision_id"),
    func=f"""
        IF NEW.live_revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM guide_articlerevision r
            JOIN guide_proposal p ON p.revision_id = r.id AND p.state = 'published'
            JOIN guide_proposaldecision d ON d.proposal_id = p.id AND d.action IN {MADE_LIVE}
            WHERE r.id = NEW.live_revision_id AND r.article_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'only a published text can be live';
        END IF;
        RETURN NEW;
    """,
)
