"""Facts: the tree, accounts, sign-ins, the audit trail."""

from doorward.tenancy.models.accounts import Account, Accounts, ApiToken, Standing
from doorward.tenancy.models.audit import AuditEntry, IdempotencyKey
from doorward.tenancy.models.drafts import Draft
from doorward.tenancy.models.holders import RoleHolder
from doorward.tenancy.models.invitations import Invitation
from doorward.tenancy.models.limits import Limits
from doorward.tenancy.models.mail import OutgoingMail
from doorward.tenancy.models.noticing import NoticeChoice, NoticeKind
from doorward.tenancy.models.organisations import Organisation
from doorward.tenancy.models.policies import Agreement, PolicyText, PrivacyPolicy
from doorward.tenancy.models.providers import CustomerContact, CustomerService, ServiceProvider
from doorward.tenancy.models.removed import Removed
from doorward.tenancy.models.saved_views import SavedView
from doorward.tenancy.models.seals import AuditSeal
from doorward.tenancy.models.setting import BillingInformation, InstallerSetting
from doorward.tenancy.models.signin import Browser, Guesses, Session
from doorward.tenancy.models.support import AccountAccess, SupportVisit
from doorward.tenancy.models.tree import Node

__all__ = [
    "Account",
    "AccountAccess",
    "Accounts",
    "Agreement",
    "ApiToken",
    "AuditEntry",
    "AuditSeal",
    "BillingInformation",
    "Browser",
    "CustomerContact",
    "CustomerService",
    "Draft",
    "Guesses",
    "IdempotencyKey",
    "InstallerSetting",
    "Invitation",
    "Limits",
    "Node",
    "NoticeChoice",
    "NoticeKind",
    "Organisation",
    "OutgoingMail",
    "PolicyText",
    "PrivacyPolicy",
    "Removed",
    "RoleHolder",
    "SavedView",
    "ServiceProvider",
    "Session",
    "Standing",
    "SupportVisit",
]
