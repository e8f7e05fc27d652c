"""What the database itself refuses, whoever asks: also raw SQL under the application's own role."""

import pgtrigger

_MADE_LIVE = "('loaded', 'published', 'urgent', 'rolled-back')"

NOBODY_APPROVES_THEIR_OWN = pgtrigger.Trigger(
    name="nobody_approves_their_own",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("text_of", "guide_articlerevision%ROWTYPE")],
    func=f"""
        SELECT * INTO text_of FROM guide_articlerevision WHERE id = NEW.revision_id;
        IF NEW.action IN ('approved', 'signed') AND (NEW.by_id IS NULL OR NEW.by_id = text_of.author_id OR EXISTS (
            SELECT 1 FROM guide_revisiondecision d
            WHERE d.revision_id = NEW.revision_id AND d.action = 'submitted' AND d.by_id = NEW.by_id
        )) THEN
            RAISE EXCEPTION 'nobody approves or signs what they wrote or sent';
        END IF;
        IF NEW.action = 'loaded' AND (NEW.by_id IS NOT NULL OR text_of.author_id IS NOT NULL) THEN
            RAISE EXCEPTION 'only the content files are loaded';
        END IF;
        IF NEW.action = 'published' AND NOT EXISTS (
            SELECT 1 FROM guide_revisiondecision d WHERE d.revision_id = NEW.revision_id AND d.action = 'approved'
        ) THEN
            RAISE EXCEPTION 'a second person approves first';
        END IF;
        IF NEW.action = 'rolled-back' AND NOT EXISTS (
            SELECT 1 FROM guide_articlerevision r JOIN guide_revisiondecision d ON d.revision_id = r.id
            WHERE r.article_id = text_of.article_id AND r.id <> text_of.id AND d.action IN {_MADE_LIVE}
              AND (r.title, r.summary, r.in_short, r.body)
                = (text_of.title, text_of.summary, text_of.in_short, text_of.body)
        ) THEN
            RAISE EXCEPTION 'only what readers once read comes back';
        END IF;
        RETURN NEW;
    """,
)

ONLY_THE_APPROVED_IS_LIVE = pgtrigger.Trigger(
    name="only_the_approved_is_live",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("live_revision_id"),
    func=f"""
        IF NEW.live_revision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM guide_articlerevision r
            WHERE r.id = NEW.live_revision_id AND r.article_id = NEW.id AND r.state = 'approved' AND r.live_at IS NULL
              AND EXISTS (SELECT 1 FROM guide_revisiondecision d WHERE d.revision_id = r.id AND d.action IN {_MADE_LIVE})
        ) THEN
            RAISE EXCEPTION 'only a text that somebody let through goes live';
        END IF;
        RETURN NEW;
    """,
)
