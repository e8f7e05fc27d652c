from accounts.models.credentials import Credential, CredentialEvent, Evidence, Profession
from accounts.models.exports import DataExport
from accounts.models.heartbeats import WorkerHeartbeat
from accounts.models.house_rules import HouseRulesText, RulesAcceptance
from accounts.models.name_changes import NameChange
from accounts.models.notifications import Delivery, Notification, OutboxEmail, Preference
from accounts.models.role_changes import RoleChange
from accounts.models.sanctions import Lift, Sanction, SanctionAppeal
from accounts.models.sessions import Session
from accounts.models.site_settings import SiteSettings
from accounts.models.users import Block, NameClaim, User

__all__ = [
    "Block",
    "Credential",
    "CredentialEvent",
    "DataExport",
    "Delivery",
    "Evidence",
    "HouseRulesText",
    "Lift",
    "NameChange",
    "NameClaim",
    "Notification",
    "OutboxEmail",
    "Preference",
    "Profession",
    "RoleChange",
    "RulesAcceptance",
    "Sanction",
    "SanctionAppeal",
    "Session",
    "SiteSettings",
    "User",
    "WorkerHeartbeat",
]
