"""Which role may do what: one table, which is also the documentation."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    DISTRIBUTOR = "distributor", _("Distributor")
    SUB_DISTRIBUTOR = "sub_distributor", _("Sub-distributor")
    INSTALLER = "installer", _("Installer")
    SUB_INSTALLER = "sub_installer", _("Sub-installer")
    PROPERTY_MANAGER = "property_manager", _("Property Manager")
    COMPANY_ADMINISTRATOR = "company_administrator", _("Administrator")
    PERSONNEL = "personnel", _("Personnel")


class Can(StrEnum):
    """What one may do; a role may it everywhere below the node where the role is held."""

    VIEW_SITE = "site.view"
    CREATE_SITE = "site.create"
    CHANGE_SITE = "site.change"
    VIEW_COMPANY = "company.view"
    CHANGE_COMPANY = "company.change"
    VIEW_PERSON = "person.view"
    CHANGE_PERSON = "person.change"
    # To look at a PIN or a whole card number that was given before.
    REVEAL_CREDENTIAL = "credential.reveal"
    VIEW_MAC = "mac.view"
    REGISTER_MAC = "mac.register"
    VIEW_CONNECTOR = "connector.view"
    CHANGE_CONNECTOR = "connector.change"
    VIEW_DEVICE = "device.view"
    CHANGE_DEVICE = "device.change"
    # From afar: for a while its doors are shut to whoever is outside.
    REBOOT_DEVICE = "device.reboot"
    VIEW_DOOR = "door.view"
    CHANGE_DOOR = "door.change"
    OPEN_DOOR = "door.open"
    VIEW_ACCESS = "access.view"
    CHANGE_ACCESS = "access.change"
    VIEW_LOG = "log.view"
    VIEW_ALARM = "alarm.view"
    CHANGE_ALARM = "alarm.change"
    VIEW_AUDIT = "audit.view"
    # Whose accounts, says ADMINISTERS.
    VIEW_ACCOUNT = "account.view"
    CHANGE_ACCOUNT = "account.change"
    # To see whom one may help by acting for them; whose portal that is, says ENTERS.
    ENTER_ACCOUNT = "account.enter"
    VIEW_MAIL = "mail.view"
    SEND_MAIL = "mail.send"
    # Who takes the mail of the whole installation.
    CHANGE_MAIL_SERVER = "mail_server.change"
    # What the platform calls itself, and its looks.
    CHANGE_BRAND = "brand.change"
    # How much there may be below somebody.
    CHANGE_LIMITS = "limits.change"
    # Drafts and versions; what is in force, whoever signs in may read.
    VIEW_POLICY = "policy.view"
    CHANGE_POLICY = "policy.change"
    # Who provides the service, as the privacy policy of end users names it.
    VIEW_PROVIDER = "provider.view"
    CHANGE_PROVIDER = "provider.change"
    # Where installers reach whoever they have bought from.
    VIEW_CONTACT = "contact.view"
    CHANGE_CONTACT = "contact.change"
    # What holds for whoever is enabled for account access from now on.
    CHANGE_SUPPORT = "support.change"
    # To whom an installer is billed.
    VIEW_BILLING = "billing.view"
    CHANGE_BILLING = "billing.change"
    # Technical manuals, which are the operator's to keep.
    CHANGE_MANUAL = "manual.change"
    # What an installer sets for all of its sites.
    VIEW_SETTING = "setting.view"
    CHANGE_SETTING = "setting.change"
    # Whose, says KEEPS: distributors, sub-distributors and installers below one.
    VIEW_ORGANISATION = "organisation.view"
    CHANGE_ORGANISATION = "organisation.change"


# Of the audit trail a reseller sees only what they did themselves (the vendor's manual).
_ACCOUNTS = frozenset({Can.VIEW_ACCOUNT, Can.CHANGE_ACCOUNT})
_KEEPING = frozenset({Can.VIEW_ORGANISATION, Can.CHANGE_ORGANISATION})
_RESELLER = (
    _ACCOUNTS
    | _KEEPING
    | {
        *(Can.VIEW_SITE, Can.VIEW_MAC, Can.REGISTER_MAC, Can.VIEW_DEVICE),
        *(Can.ENTER_ACCOUNT, Can.VIEW_BILLING),
        *(Can.VIEW_CONTACT, Can.CHANGE_CONTACT),
    }
)
_OPERATOR = frozenset(
    {
        *(Can.VIEW_MAIL, Can.SEND_MAIL, Can.VIEW_POLICY, Can.CHANGE_POLICY),
        *(Can.CHANGE_MAIL_SERVER, Can.CHANGE_BRAND, Can.CHANGE_LIMITS),
        Can.CHANGE_SUPPORT,
        Can.CHANGE_MANUAL,
    }
)
_INSTALLER = frozenset(Can) - _OPERATOR - _KEEPING - {Can.CHANGE_CONTACT}
_MANAGER = _INSTALLER - {
    *(Can.CREATE_SITE, Can.CHANGE_SITE, Can.VIEW_MAC, Can.REGISTER_MAC),
    *(Can.CHANGE_PROVIDER, Can.VIEW_CONTACT),
    *(Can.VIEW_BILLING, Can.CHANGE_BILLING, Can.VIEW_SETTING, Can.CHANGE_SETTING),
}

ROLES: dict[Role, frozenset[Can]] = {
    Role.OPERATOR: frozenset(can for can in Can if can.value.endswith(".view"))
    | {Can.REGISTER_MAC, Can.CHANGE_ACCOUNT, Can.CHANGE_ORGANISATION}
    | _OPERATOR,
    Role.DISTRIBUTOR: _RESELLER,
    # Registering MACs stays with the distributor (the vendor's manual).
    Role.SUB_DISTRIBUTOR: _RESELLER - {Can.REGISTER_MAC},
    Role.INSTALLER: _INSTALLER,
    Role.SUB_INSTALLER: _INSTALLER - {Can.CHANGE_BILLING},
    Role.PROPERTY_MANAGER: _MANAGER,
    Role.COMPANY_ADMINISTRATOR: frozenset(
        {
            Can.VIEW_SITE,
            Can.VIEW_COMPANY,
            Can.VIEW_PERSON,
            Can.CHANGE_PERSON,
            Can.REVEAL_CREDENTIAL,
            Can.VIEW_DOOR,
            Can.OPEN_DOOR,
            Can.VIEW_ACCESS,
            Can.CHANGE_ACCESS,
            Can.VIEW_LOG,
            Can.VIEW_ALARM,
            Can.VIEW_AUDIT,
            Can.VIEW_PROVIDER,
        }
    )
    | _ACCOUNTS,
    # A person sees what is their own: the self sight grants the rows, these the kinds.
    Role.PERSONNEL: frozenset({Can.VIEW_PERSON, Can.VIEW_LOG, Can.VIEW_PROVIDER}),
}

# Of what kind the node is at which a role is held. Who only opens doors is invited to nothing:
# their account comes with their person.
HELD_AT: dict[Role, str] = {
    Role.DISTRIBUTOR: "distributor",
    Role.SUB_DISTRIBUTOR: "sub_distributor",
    Role.INSTALLER: "installer",
    Role.SUB_INSTALLER: "installer",
    Role.PROPERTY_MANAGER: "site",
    Role.COMPANY_ADMINISTRATOR: "company",
}

# Whose accounts a role creates, resets, ends and shuts, at and below the node where it is held
# (the vendor's manual). A sub-installer's rights end at sub-installers.
ADMINISTERS: dict[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset(Role) - {Role.OPERATOR},
    Role.DISTRIBUTOR: frozenset({Role.SUB_DISTRIBUTOR, Role.INSTALLER}),
    Role.SUB_DISTRIBUTOR: frozenset({Role.INSTALLER}),
    Role.INSTALLER: frozenset(
        {
            Role.SUB_INSTALLER,
            Role.PROPERTY_MANAGER,
            Role.COMPANY_ADMINISTRATOR,
            Role.PERSONNEL,
        }
    ),
    Role.SUB_INSTALLER: frozenset(
        {Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL}
    ),
    Role.PROPERTY_MANAGER: frozenset({Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL}),
    Role.COMPANY_ADMINISTRATOR: frozenset({Role.PERSONNEL}),
    Role.PERSONNEL: frozenset(),
}

# Whose portal a role enters to help, at and below the node where it is held.
ENTERS: dict[Role, Role] = {
    Role.DISTRIBUTOR: Role.INSTALLER,
    Role.SUB_DISTRIBUTOR: Role.INSTALLER,
    Role.INSTALLER: Role.PROPERTY_MANAGER,
    Role.SUB_INSTALLER: Role.PROPERTY_MANAGER,
    Role.PROPERTY_MANAGER: Role.COMPANY_ADMINISTRATOR,
}
# Who says whether that is possible: a sub-installer grants nothing.
ENABLES: dict[Role, Role] = {
    helper: helped for helper, helped in ENTERS.items() if helper != Role.SUB_INSTALLER
}

# Whom a role writes messages to, below the node where it is held: never upwards or sideways.
REACHES: dict[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset(Role) - {Role.OPERATOR},
    Role.DISTRIBUTOR: frozenset({Role.SUB_DISTRIBUTOR, Role.INSTALLER, Role.SUB_INSTALLER}),
    Role.SUB_DISTRIBUTOR: frozenset({Role.INSTALLER, Role.SUB_INSTALLER}),
    Role.INSTALLER: frozenset(
        {
            Role.SUB_INSTALLER,
            Role.PROPERTY_MANAGER,
            Role.COMPANY_ADMINISTRATOR,
            Role.PERSONNEL,
        }
    ),
}

# Which organisations a role makes, changes and suspends below the node where it is held, and of
# what kind the node is that each stands below.
KEEPS: dict[Role, frozenset[str]] = {
    Role.OPERATOR: frozenset({"distributor", "sub_distributor", "installer"}),
    Role.DISTRIBUTOR: frozenset({"sub_distributor", "installer"}),
    Role.SUB_DISTRIBUTOR: frozenset({"installer"}),
}
STANDS_BELOW: dict[str, frozenset[str]] = {
    "distributor": frozenset({"operator"}),
    "sub_distributor": frozenset({"distributor"}),
    "installer": frozenset({"distributor", "sub_distributor"}),
}
# The roles that speak for an organisation: one without any of them has nobody left.
HEADS = frozenset({Role.DISTRIBUTOR, Role.SUB_DISTRIBUTOR, Role.INSTALLER})


class Grant(models.TextChoices):
    """What a sub-installer may beyond its role, where its installer has ticked it."""

    SUB_INSTALLERS = "sub_installers", _("Create and delete sub-installers")


# Whose accounts it administers by that, beside those of its role.
GRANTS: dict[Grant, frozenset[Role]] = {
    Grant.SUB_INSTALLERS: frozenset({Role.SUB_INSTALLER}),
}
