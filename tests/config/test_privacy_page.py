"""The privacy page names what each table holds of a member."""

import pytest
from django.apps import apps
from django.utils.html import strip_tags

from accounts.models import User
from tests.config.privacy_tables import NOT_ABOUT_MEMBERS, SENTENCES

NAMED = [table for tables in SENTENCES.values() for table in tables]


def tables():
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in models if not model._meta.proxy and model._meta.managed}


def test_every_table_is_named_on_the_page_or_holds_nothing_of_a_member():
    assert set(NAMED) | NOT_ABOUT_MEMBERS == set(tables())
    assert set(NAMED) & NOT_ABOUT_MEMBERS == set()
    assert len(NAMED) == len(set(NAMED))


def test_no_table_that_points_at_a_person_is_called_harmless():
    points = {
        label
        for label, model in tables().items()
        if any(
            field.related_model is User for field in model._meta.get_fields() if field.concrete and field.is_relation
        )
    }
    assert len(points) > 40
    assert points & NOT_ABOUT_MEMBERS == set()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_page_has_the_sentence(sentence, client, db):
    page = client.get("/privacy/").content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert sentence in " ".join(strip_tags(main).split())
