"""The version of the house rules (text: templates/accounts/profiles/_house_rules.html).

Raise it with each change of meaning: members see the new rules at their next visit and must accept them before they write again.
"""

RULES_VERSION = 1
