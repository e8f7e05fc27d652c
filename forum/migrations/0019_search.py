import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# What was public before there was an index; services/searching.py keeps it from now on.
FILL = r"""
    INSERT INTO forum_searchentry (post_id, thread_id, category_id, revision_id, published_at, clinician, document)
    SELECT p.id, p.thread_id, t.category_id, p.live_revision_id, p.published_at, p.written_as_clinician <> '',
           setweight(to_tsvector('english', regexp_replace(normalize(
               CASE WHEN p.position = 1 THEN t.title ELSE '' END, NFKD), '[\u0300-\u036f]', '', 'g')), 'A')
           || setweight(to_tsvector('english', regexp_replace(normalize(r.warning, NFKD), '[\u0300-\u036f]', '', 'g')), 'B')
           || setweight(to_tsvector('english', regexp_replace(normalize(
               regexp_replace(r.html, '<[^>]*>', ' ', 'g'), NFKD), '[\u0300-\u036f]', '', 'g')), 'D')
    FROM forum_post p JOIN forum_thread t ON t.id = p.thread_id JOIN forum_postrevision r ON r.id = p.live_revision_id
    WHERE p.state = 'published'
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0018_related")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="forum.post",
                    ),
                ),
                ("published_at", models.DateTimeField()),
                ("clinician", models.BooleanField(default=False)),
                ("document", django.contrib.postgres.search.SearchVectorField()),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.category",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.postrevision",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="forum.thread",
                    ),
                ),
            ],
            options={"verbose_name_plural": "search entries"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # PostgreSQL makes no index on rows whose foreign keys are still to be looked at.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["document"], name="words_of_posts"
            ),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["-published_at", "-post"], name="found_by_time"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(fields=["category", "-published_at", "-post"], name="found_in_a_category"),
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                condition=models.Q(("clinician", True)),
                fields=["-published_at", "-post"],
                name="found_of_clinicians",
            ),
        ),
    ]
