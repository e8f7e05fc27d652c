"""The version of the house rules, whose text is templates/accounts/profiles/_house_rules.html. Raise it with each change of meaning:
members are shown the new rules at their next visit, and must accept them before they write again."""

RULES_VERSION = 1
