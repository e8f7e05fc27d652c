"""Create the reason templates that moderators start with. They edit them in the admin."""

from django.db import migrations

REASONS = [
    (
        "dose",
        "It tells others what or how much to take.",
        "Thank you for wanting to help. What is right for one person can harm another, so posts here do not say how much to take or when to stop. Tell what you did with your prescriber, and leave out the amounts.",
    ),
    (
        "source",
        "It names where to get medicine without a prescription.",
        "Medicines bought without a prescription may be something else than they say, so we do not name places that sell them. Our guide has a page on how to get naltrexone legally and on help with the cost.",
    ),
    (
        "private",
        "It shows something by which a person could be found.",
        "Your post holds something by which you or somebody else could be found: a name, an address, a number. Please take it out, and send it again.",
    ),
    (
        "unkind",
        "It could hurt or shame somebody.",
        "People come here when they feel low. Some words in your post could hurt somebody. Please say the same thing in another way.",
    ),
    (
        "wrong",
        "It says something about health that is not so.",
        "One thing in your post is not so, and somebody might act on it. Our note says what is known. You can change that part and send your post again.",
    ),
    ("spam", "It advertises.", "Posts that advertise are not published here, even for good things."),
    (
        "place",
        "It belongs somewhere else.",
        "Your post is welcome, but it belongs in another room, where more people can answer it.",
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
