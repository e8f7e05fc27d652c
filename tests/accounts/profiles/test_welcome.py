from django.urls import reverse

from forum.models import Category
from tests.accounts.login_steps import enter, last_code, sign_up


def test_a_new_member_is_shown_three_ways_to_start(client, maya):
    Category.objects.create(slug="doses", title="Doses", purpose="p", clinical=True, position=1)
    Category.objects.create(slug="welcome", title="Welcome", purpose="p", position=2)
    client.force_login(maya)
    html = client.get(reverse("accounts:welcome")).content.decode()
    assert f'href="{reverse("forum:new-thread", args=["welcome"])}"' in html
    assert f'href="{reverse("guide:article", args=["experiences"])}"' in html
    assert 'name="time_zone"' in html


def test_country_and_time_zone_are_saved(client, maya):
    client.force_login(maya)
    client.post(reverse("accounts:welcome"), {"country": "", "time_zone": "Asia/Tokyo"})
    maya.refresh_from_db()
    assert maya.time_zone == "Asia/Tokyo"


def test_sign_up_leads_to_the_welcome_page(client, db):
    sign_up(client, "new@example.org")
    answer = enter(client, "account_email_verification_sent", last_code("new@example.org"))
    assert answer.url == reverse("accounts:welcome")


def test_sign_up_from_a_thread_leads_back_to_it(client, db):
    sign_up(client, "new@example.org", next="/forum/")
    answer = enter(client, "account_email_verification_sent", last_code("new@example.org"))
    assert answer.url == "/forum/"
