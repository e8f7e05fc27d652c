"""Create the reason templates that moderators start with. They edit them in the admin."""

from django.db import migrations

REASONS = [
    (
        "dose",
        "It tells others what or how much to take.",
        "Thank you for wanting to help. What is right for one person can harm another, so posts here don’t say how much to take or when to stop. Please tell us what you and your prescriber did, and leave out the amounts.",
        "Thank you for wanting to help. What is right for one person can harm another, so we can’t show a post that says how much to take or when to stop. You’re welcome to write about your own experience without the amounts.",
    ),
    (
        "source",
        "It names where to get medicine without a prescription.",
        "Medicines bought without a prescription may not contain what the label says, so we don’t name places that sell them. Please take that part out and send your post again. Our guide has a page on how to get naltrexone legally and on help with the cost.",
        "Medicines bought without a prescription may not contain what the label says, so we can’t show a post that says where to get them. Our guide has a page on how to get naltrexone legally and on help with the cost.",
    ),
    (
        "private",
        "It contains something that could identify a person.",
        "Your post contains something that could identify you or someone else: a name, an address or a number. Please take it out and send it again.",
        "To protect you and others, we can’t show a post with names, addresses or numbers that could identify someone.",
    ),
    (
        "unkind",
        "It could hurt or shame someone.",
        "People come here when they feel low. Some words in your post could hurt someone. Please say it in another way and send it again.",
        "People come here when they feel low. Some words in your post could hurt someone, so we can’t show it. You’re still welcome here.",
    ),
    (
        "wrong",
        "It says something about health that isn’t true.",
        "One thing in your post isn’t true, and someone could be harmed by acting on it. Please change that part or leave it out, and send your post again. Our guide gives its sources, if you’d like to check.",
        "One thing in your post isn’t true, and someone could be harmed by acting on it, so we can’t show it. Our guide gives its sources, if you’d like to check.",
    ),
    (
        "spam",
        "It advertises.",
        "We don’t publish advertisements, even for good things. Please take that part out and send your post again.",
        "We don’t publish advertisements, even for good things.",
    ),
    (
        "place",
        "It belongs somewhere else.",
        "Your post is welcome, but it belongs in another category, where more people can answer it.",
        "Your post is welcome, but it belongs in another category, where more people can answer it. Please send it there.",
    ),
    (
        "secret",
        "It is about giving someone medicine without their knowledge.",
        "Naltrexone that someone takes without knowing can harm them: it can cause sudden withdrawal, and they can’t tell a doctor what they took. Please leave that part out and send your post again. Our guide has a page for family and friends.",
        "Naltrexone that someone takes without knowing can harm them: it can cause sudden withdrawal, and they can’t tell a doctor what they took. We can’t show a post about doing that. Our guide has a page for family and friends.",
    ),
    (
        "sharing",
        "It is about passing on prescribed medicine.",
        "Medicine that was prescribed for one person can harm another. Please leave out giving, sharing or selling it, and send your post again. Our guide has a page on how to get naltrexone legally and on help with the cost.",
        "Medicine that was prescribed for one person can harm another, so we can’t show a post about giving, sharing or selling it. Our guide has a page on how to get naltrexone legally and on help with the cost.",
    ),
    (
        "danger",
        "It needs help that a forum can’t give.",
        "What you wrote sounds as if someone may be in danger, and a forum is too slow for that. Please call one of the numbers under “Need help now?” at the top of every page. You can send your post again when everyone is safe.",
        "What you wrote sounds as if someone may be in danger, and a forum is too slow for that. Please call one of the numbers under “Need help now?” at the top of every page. We’d like to hear from you again when everyone is safe.",
    ),
    (
        "minor",
        "It is by or about someone under 18.",
        "This forum is for adults, and what it says doesn’t hold for children. Please leave out anything about someone under 18, and ask their doctor or a pharmacist about them.",
        "This forum is for adults, and what it says doesn’t hold for children. If you’re under 18, please talk with a doctor or an adult you trust. If it’s about your child, please ask their doctor.",
    ),
    (
        "off-topic",
        "It isn’t about naltrexone or recovery.",
        "This forum is about naltrexone and about drinking or using less. Please say what your post has to do with that, and send it again.",
        "This forum is about naltrexone and about drinking or using less, so your post doesn’t fit here.",
    ),
    ("other", "See the moderator’s message.", "", ""),
]
NOT_FOR_REPORTS = ["danger"]  # members say that they worry about a person instead


def create_reason_templates(apps, schema_editor):
    templates = apps.get_model("forum", "ReasonTemplate").objects
    for position, (code, title, words, refusal_words) in enumerate(REASONS):
        told = {"title": title, "words": words, "refusal_words": refusal_words}
        templates.create(code=code, **told, position=position, for_reports=code not in NOT_FOR_REPORTS)


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]

    operations = [migrations.RunPython(create_reason_templates, migrations.RunPython.noop, elidable=False)]
