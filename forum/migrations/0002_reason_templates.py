"""Create the reason templates that moderators start with. They edit them in the admin."""

from django.db import migrations

REASONS = [
    (
        "dose",
        "It tells others what or how much to take.",
        "Thank you for wanting to help. What is right for one person can harm another, so posts here don’t say how much to take or when to stop. Please tell us what you and your prescriber did, and leave out the amounts.",
    ),
    (
        "source",
        "It names where to get medicine without a prescription.",
        "Medicines bought without a prescription may not contain what the label says, so we don’t name places that sell them. Our guide has a page on how to get naltrexone legally and on help with the cost.",
    ),
    (
        "private",
        "It contains something that could identify a person.",
        "Your post contains something that could identify you or someone else: a name, an address or a number. Please take it out and send it again.",
    ),
    (
        "unkind",
        "It could hurt or shame someone.",
        "People come here when they feel low. Some words in your post could hurt someone. Please say it in another way and send it again.",
    ),
    (
        "wrong",
        "It says something about health that isn’t true.",
        "One thing in your post isn’t true, and someone might act on it. Our note says what is known. You can change that part and send your post again.",
    ),
    ("spam", "It advertises.", "We don’t publish advertisements, even for good things."),
    (
        "place",
        "It belongs somewhere else.",
        "Your post is welcome, but it belongs in another category, where more people can answer it.",
    ),
    ("other", "See the moderator’s words.", ""),
]


def create_reason_templates(apps, schema_editor):
    templates = apps.get_model("forum", "ReasonTemplate").objects
    for position, (code, title, words) in enumerate(REASONS):
        templates.create(code=code, title=title, words=words, position=position)


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]

    operations = [migrations.RunPython(create_reason_templates, migrations.RunPython.noop, elidable=False)]
