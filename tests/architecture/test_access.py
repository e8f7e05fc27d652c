"""Who may open what: every named URL × visitor, member, moderator, editor, verifier → status. A new URL without a row fails."""

import pytest
from django.urls import get_resolver, reverse

ROWS = {
    # name: (arguments, visitor, member, moderator, editor, verifier)
    "about": ((), 200, 200, 200, 200, 200),
    "account_change_password": ((), 302, 200, 200, 200, 200),
    "account_complete_password_reset": ((), 302, 302, 302, 302, 302),
    "account_confirm_login_code": ((), 302, 302, 302, 302, 302),
    "account_confirm_password_reset_code": ((), 302, 302, 302, 302, 302),
    "account_email": ((), 302, 302, 302, 302, 302),
    "account_email_verification_sent": ((), 302, 302, 302, 302, 302),
    "account_inactive": ((), 200, 200, 200, 200, 200),
    "account_login": ((), 200, 302, 302, 302, 302),
    "account_logout": ((), 302, 200, 200, 200, 200),
    "account_password_reset_completed": ((), 200, 200, 200, 200, 200),
    "account_reauthenticate": ((), 302, 200, 200, 200, 200),
    "account_request_login_code": ((), 200, 302, 302, 302, 302),
    "account_reset_password": ((), 200, 200, 200, 200, 200),
    "account_set_password": ((), 302, 302, 302, 302, 302),
    "account_signup": ((), 200, 302, 302, 302, 302),
    "account_signup_by_passkey": ((), 200, 302, 302, 302, 302),
    "accounts:badge": ((), 302, 200, 200, 200, 200),
    "accounts:badge-answer": ((10**9,), 302, 404, 404, 404, 404),
    "accounts:badge-application": ((10**9,), 302, 404, 404, 404, 404),
    "accounts:badge-apply": ((), 302, 200, 302, 200, 200),
    "accounts:badge-name": ((10**9,), 302, 405, 405, 405, 405),
    "accounts:badge-withdraw": ((10**9,), 302, 404, 404, 404, 404),
    "accounts:how-verification-works": ((), 200, 200, 200, 200, 200),
    "accounts:who-moderates": ((), 200, 200, 200, 200, 200),
    "accounts:change-email": ((), 302, 302, 302, 302, 302),
    "accounts:confirm-present-email": ((), 302, 302, 302, 302, 302),
    "accounts:end-other-sessions": ((), 302, 405, 405, 405, 405),
    "accounts:end-session": (("0a",), 302, 405, 405, 405, 405),
    "accounts:name-check-fragment": ((), 200, 200, 200, 200, 200),
    "accounts:rename": ((), 302, 200, 200, 200, 200),
    "accounts:send-present-email-code": ((), 302, 302, 302, 302, 302),
    "accounts:sessions": ((), 302, 200, 200, 200, 200),
    "accounts:settings": ((), 302, 200, 200, 200, 200),
    "accounts:barriers": ((), 302, 200, 200, 200, 200),
    "accounts:end-barrier": ((10**9,), 302, 405, 405, 405, 405),
    "accounts:keep-away": ((10**9,), 302, 405, 405, 405, 405),
    "accounts:conduct": ((), 302, 200, 200, 200, 200),
    "accounts:appeal-sanction": ((10**9,), 302, 404, 404, 404, 404),
    "accounts:data": ((), 302, 200, 200, 200, 200),
    "accounts:download": ((10**9,), 302, 302, 302, 302, 302),
    "accounts:leave": ((), 302, 302, 302, 302, 302),
    "accounts:stay": ((), 302, 405, 405, 405, 405),
    "admin:accounts_user_sanction": ((10**9,), 302, 302, 404, 404, 404),
    "admin:accounts_sanction_lift": ((10**9,), 302, 302, 404, 404, 404),
    "admin:accounts_sanction_appeal": ((10**9,), 302, 302, 404, 404, 404),
    "admin:accounts_sanctionappeal_changelist": ((), 302, 302, 403, 403, 200),
    "accounts:home": ((), 302, 200, 200, 200, 200),
    "accounts:house-rules": ((), 200, 200, 200, 200, 200),
    "accounts:inbox": ((), 302, 200, 200, 200, 200),
    "accounts:mark-read": ((), 302, 405, 405, 405, 405),
    "accounts:notification-settings": ((), 302, 200, 200, 200, 200),
    "accounts:unsubscribe": (("forged",), 404, 404, 404, 404, 404),
    "accounts:profile": ((10**9,), 404, 404, 404, 404, 404),
    "admin:accounts_credential_change": ((10**9,), 302, 302, 403, 403, 302),
    "admin:accounts_credential_changelist": ((), 302, 302, 403, 403, 200),
    "admin:accounts_credential_decide": ((10**9, "approve"), 302, 302, 404, 404, 404),
    "admin:accounts_credential_evidence": ((10**9,), 302, 302, 404, 404, 404),
    "admin:accounts_user_changelist": ((), 302, 302, 403, 403, 200),
    "admin:forum_triagerule_changelist": ((), 302, 302, 200, 403, 403),
    "admin:forum_triagelist_changelist": ((), 302, 302, 200, 403, 403),
    "admin:forum_triagerule_dry_run": ((10**9,), 302, 302, 404, 404, 404),
    "admin:guide_article_changelist": ((), 302, 302, 200, 200, 403),
    "admin:guide_claims": ((), 302, 302, 200, 200, 403),
    "admin:index": ((), 302, 302, 200, 200, 200),
    "favicon": ((), 302, 302, 302, 302, 302),
    "forum:index": ((), 200, 200, 200, 200, 200),
    "forum:category": (("none",), 404, 404, 404, 404, 404),
    "forum:new-thread": (("none",), 302, 404, 404, 404, 404),
    "forum:thread": ((10**9, "x"), 404, 404, 404, 404, 404),
    "forum:reply": ((10**9, "x"), 302, 404, 404, 404, 404),
    "forum:post": ((10**9,), 404, 404, 404, 404, 404),
    "forum:edit-post": ((10**9,), 302, 404, 404, 404, 404),
    "forum:withdraw-post": ((10**9,), 302, 405, 405, 405, 405),
    "forum:delete-post": ((10**9,), 302, 405, 405, 405, 405),
    "forum:advice-fragment": ((), 302, 405, 405, 405, 405),
    "forum:my-posts": ((), 302, 200, 200, 200, 200),
    "forum:my-post": ((10**9,), 302, 404, 404, 404, 404),
    "forum:queue": ((), 404, 404, 200, 404, 404),
    "forum:review": ((10**9,), 404, 404, 404, 404, 404),
    "guide:article": (("small",), 200, 200, 200, 200, 200),
    "guide:feed": ((), 200, 200, 200, 200, 200),
    "guide:feedback": (("small",), 200, 200, 200, 200, 200),
    "guide:map": ((), 200, 200, 200, 200, 200),
    "guide:print": ((), 200, 200, 200, 200, 200),
    "guide:questions": ((), 200, 200, 200, 200, 200),
    "guide:wallet-card": ((), 200, 200, 200, 200, 200),
    "health-live": ((), 200, 200, 200, 200, 200),
    "health-ready": ((), 200, 200, 200, 200, 200),
    "help-now": ((), 200, 200, 200, 200, 200),
    "home": ((), 200, 200, 200, 200, 200),
    "manifest": ((), 200, 200, 200, 200, 200),
    "mfa_activate_totp": ((), 302, 302, 302, 302, 302),
    "mfa_add_webauthn": ((), 302, 302, 302, 302, 302),
    "mfa_authenticate": ((), 302, 302, 302, 302, 302),
    "mfa_deactivate_totp": ((), 302, 404, 302, 302, 302),
    "mfa_download_recovery_codes": ((), 302, 404, 404, 404, 404),
    "mfa_edit_webauthn": ((10**9,), 302, 302, 302, 302, 302),
    "mfa_generate_recovery_codes": ((), 302, 302, 302, 302, 302),
    "mfa_index": ((), 302, 200, 200, 200, 200),
    "mfa_list_webauthn": ((), 302, 200, 200, 200, 200),
    "mfa_login_webauthn": ((), 302, 302, 302, 302, 302),
    "mfa_reauthenticate": ((), 302, 302, 200, 200, 200),
    "mfa_reauthenticate_webauthn": ((), 302, 302, 302, 302, 302),
    "mfa_remove_webauthn": ((10**9,), 302, 302, 302, 302, 302),
    "mfa_signup_webauthn": ((), 302, 302, 302, 302, 302),
    "mfa_view_recovery_codes": ((), 302, 404, 404, 404, 404),
    "privacy": ((), 200, 200, 200, 200, 200),
    "robots": ((), 200, 200, 200, 200, 200),
    "search": ((), 200, 200, 200, 200, 200),
    "search-suggestions-fragment": ((), 200, 200, 200, 200, 200),
    "sitemap": ((), 200, 200, 200, 200, 200),
}


def own_names():
    resolver = get_resolver()
    yield from (key for key in resolver.reverse_dict if isinstance(key, str))
    for space in ("guide", "accounts", "forum"):
        yield from (f"{space}:{key}" for key in resolver.namespace_dict[space][1].reverse_dict if isinstance(key, str))


def test_every_url_has_a_row():
    assert {name for name in own_names() if name not in ROWS} == set()


@pytest.mark.parametrize("name", ROWS)
def test_each_person_gets_what_is_theirs(name, client, article, maya, dr_okafor, elif_, vera):
    arguments, *expected = ROWS[name]
    statuses = []
    for person in (None, maya, dr_okafor, elif_, vera):
        client.logout()
        if person:
            client.force_login(person)
        statuses.append(client.get(reverse(name, args=arguments)).status_code)
    assert statuses == expected
