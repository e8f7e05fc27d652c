"""The version of the house rules (text: templates/accounts/profiles/_house_rules.html).

Increase it when the meaning changes: members see the new rules when they next log in and must accept them to post again.
"""

RULES_VERSION = 1
