"""Where every page and route is mounted; signing in and one's own account by a part of it."""

from django.urls import path

from doorward.access.pages import doors as door_deeds
from doorward.access.pages import groups as access
from doorward.access.pages import members
from doorward.access.pages import people as moves
from doorward.activity.pages import alarms as alarm_pages
from doorward.activity.pages import log as log_pages
from doorward.api import api
from doorward.devices.pages import connectors as connector_pages
from doorward.devices.pages import devices as device_pages
from doorward.devices.pages import doors as door_forms
from doorward.devices.pages import mac_import
from doorward.devices.pages import macs as mac_pages
from doorward.files import pages as files
from doorward.helpdesk.pages import manuals as manual_pages
from doorward.helpdesk.pages import tickets as ticket_pages
from doorward.notices.pages import announcements as message_pages
from doorward.notices.pages import notices as notice_pages
from doorward.people.pages import groups as people_groups
from doorward.people.pages import people, photos
from doorward.portal.account_paths import PATHS
from doorward.portal.pages import accounts as users
from doorward.portal.pages import (
    administrators,
    branding,
    credentials,
    importing,
    mail_templates,
    organisations,
    overview,
    own_setting,
    person_new,
    readiness,
    workbook,
)
from doorward.portal.pages import audit as audit_pages
from doorward.portal.pages import companies as company_pages
from doorward.portal.pages import device as device_show
from doorward.portal.pages import door as door_pages
from doorward.portal.pages import help as help_pages
from doorward.portal.pages import invitations as invited
from doorward.portal.pages import limits as limit_pages
from doorward.portal.pages import mail as mail_pages
from doorward.portal.pages import mail_server as mail_servers
from doorward.portal.pages import managing as managers
from doorward.portal.pages import own as own_access
from doorward.portal.pages import people as people_pages
from doorward.portal.pages import person as person_pages
from doorward.portal.pages import policies as policy_pages
from doorward.portal.pages import search as search_pages
from doorward.portal.pages import setting as setting_pages
from doorward.portal.pages import site_endings as endings
from doorward.portal.pages import sites as site_pages
from doorward.portal.pages import support as support_pages
from doorward.portal.pages import welcome as welcome_pages
from doorward.portal.pages.dashboard import Dashboard, DashboardAttention, DashboardHours
from doorward.sites import pages as sites

handler400 = "doorward.kit.faults.unreadable"
handler403 = "doorward.kit.faults.forbidden"
handler404 = "doorward.kit.faults.missing"
handler500 = "doorward.kit.faults.broken"

urlpatterns = [
    path("api/v1/", api.urls),
    *PATHS,
    path("accounts/", users.Users.as_view(), name="users"),
    path("accounts/new/", invited.UserNew.as_view(), name="user-new"),
    path("accounts/<int:pk>/", users.UserShow.as_view(), name="user"),
    path("accounts/<int:pk>/edit/", users.UserEdit.as_view(), name="user-edit"),
    path("accounts/<int:pk>/email/keep/", users.UserEmailKeep.as_view(), name="user-email-keep"),
    path("accounts/<int:pk>/email/again/", users.UserEmailAgain.as_view(), name="user-email-again"),
    path("accounts/<int:pk>/delete/", users.UserDelete.as_view(), name="user-delete"),
    path("accounts/<int:pk>/factor/", users.UserFactor.as_view(), name="user-factor"),
    path(
        "accounts/<int:pk>/factors/remove/",
        users.UserFactorsRemove.as_view(),
        name="user-factors-remove",
    ),
    path("accounts/<int:pk>/password/", users.UserPassword.as_view(), name="user-password"),
    path("accounts/<int:pk>/unlock/", users.UserForgive.as_view(), name="user-unlock"),
    path(
        "accounts/<int:pk>/sessions/end/", users.UserSessionsEnd.as_view(), name="user-sessions-end"
    ),
    path("accounts/<int:pk>/shut/", users.UserShut.as_view(), name="user-shut"),
    path("accounts/<int:pk>/open/", users.UserOpen.as_view(), name="user-open"),
    path(
        "accounts/<int:pk>/roles/<int:standing>/end/",
        users.UserRoleEnd.as_view(),
        name="user-role-end",
    ),
    path("organisations/", organisations.Organisations.as_view(), name="organisations"),
    path("organisations/new/", organisations.OrganisationNew.as_view(), name="organisation-new"),
    path(
        "organisations/<int:pk>/",
        organisations.OrganisationShow.as_view(),
        name="organisation",
    ),
    path(
        "organisations/<int:pk>/edit/",
        organisations.OrganisationEdit.as_view(),
        name="organisation-edit",
    ),
    path(
        "organisations/<int:pk>/suspend/",
        organisations.OrganisationSuspend.as_view(),
        name="organisation-suspend",
    ),
    path(
        "organisations/<int:pk>/resume/",
        organisations.OrganisationResume.as_view(),
        name="organisation-resume",
    ),
    path(
        "organisations/<int:pk>/delete/",
        organisations.OrganisationDelete.as_view(),
        name="organisation-delete",
    ),
    path("invitations/<int:pk>/again/", invited.InvitationAgain.as_view(), name="invitation-again"),
    path(
        "invitations/<int:pk>/withdraw/",
        invited.InvitationWithdraw.as_view(),
        name="invitation-withdraw",
    ),
    path("invitation/<str:token>/", invited.InvitationAccept.as_view(), name="invitation"),
    path("", Dashboard.as_view(), name="dashboard"),
    path("dashboard/attention/", DashboardAttention.as_view(), name="dashboard-attention"),
    path("dashboard/hours/", DashboardHours.as_view(), name="dashboard-hours"),
    path("me/", own_access.OwnAccess.as_view(), name="person-own"),
    path("search/", search_pages.Search.as_view(), name="search"),
    path("search/typing/", search_pages.SearchTyping.as_view(), name="search-typing"),
    path("sites/", site_pages.Sites.as_view(), name="sites"),
    path("sites/regions/", sites.Regions.as_view(), name="site-regions"),
    path("sites/choices/", site_pages.SiteChoices.as_view(), name="site-choices"),
    path("sites/new/", sites.SiteNew.as_view(), name="site-new"),
    path("sites/<int:site>/edit/", sites.SiteEdit.as_view(), name="site-edit"),
    path("sites/deleted/", endings.SitesDeleted.as_view(), name="sites-deleted"),
    path(
        "sites/deleted/<int:pk>/restore/",
        endings.SiteRestore.as_view(),
        name="site-restore",
    ),
    path("sites/<int:site>/delete/", endings.SiteDelete.as_view(), name="site-delete"),
    path("sites/<int:site>/managers/", managers.Managers.as_view(), name="site-managers"),
    path(
        "sites/<int:site>/managers/add/",
        managers.ManagersAdd.as_view(),
        name="site-managers-add",
    ),
    path(
        "sites/<int:site>/administrators/",
        administrators.Administrators.as_view(),
        name="administrators",
    ),
    path(
        "sites/<int:site>/administrators/new/",
        administrators.AdministratorNew.as_view(),
        name="administrator-new",
    ),
    path(
        "sites/<int:site>/administrators/<int:pk>/",
        administrators.AdministratorShow.as_view(),
        name="administrator",
    ),
    path(
        "sites/<int:site>/administrators/<int:pk>/edit/",
        administrators.AdministratorEdit.as_view(),
        name="administrator-edit",
    ),
    path("sites/<int:site>/companies/", company_pages.Companies.as_view(), name="companies"),
    path("sites/<int:site>/companies/new/", sites.CompanyNew.as_view(), name="company-new"),
    path(
        "sites/<int:site>/companies/<int:pk>/", company_pages.CompanyShow.as_view(), name="company"
    ),
    path(
        "sites/<int:site>/companies/<int:pk>/edit/",
        sites.CompanyEdit.as_view(),
        name="company-edit",
    ),
    path(
        "sites/<int:site>/companies/<int:pk>/delete/",
        company_pages.CompanyDelete.as_view(),
        name="company-delete",
    ),
    path("sites/<int:site>/groups/", people_groups.PeopleGroups.as_view(), name="people-groups"),
    path(
        "sites/<int:site>/groups/new/",
        people_groups.PeopleGroupNew.as_view(),
        name="people-group-new",
    ),
    path(
        "sites/<int:site>/groups/choices/",
        people_groups.PeopleGroupChoices.as_view(),
        name="people-group-choices",
    ),
    path(
        "sites/<int:site>/groups/<int:pk>/edit/",
        moves.PeopleGroupEdit.as_view(),
        name="people-group-edit",
    ),
    path(
        "sites/<int:site>/groups/<int:pk>/delete/",
        moves.PeopleGroupDelete.as_view(),
        name="people-group-delete",
    ),
    path("sites/template/", workbook.WorkbookTemplate.as_view(), name="workbook-template"),
    path("sites/<int:site>/import/", workbook.WorkbookImport.as_view(), name="workbook"),
    path(
        "sites/<int:site>/import/filled/", workbook.WorkbookFilled.as_view(), name="workbook-filled"
    ),
    path(
        "sites/<int:site>/import/<int:pk>/", workbook.WorkbookCheck.as_view(), name="workbook-check"
    ),
    path(
        "sites/<int:site>/import/<int:pk>/apply/",
        workbook.WorkbookApply.as_view(),
        name="workbook-apply",
    ),
    path("sites/<int:site>/people/", people_pages.People.as_view(), name="people"),
    path("sites/<int:site>/people/import/", importing.PeopleImport.as_view(), name="people-import"),
    path(
        "sites/<int:site>/people/import/template/",
        importing.PeopleTemplate.as_view(),
        name="people-template",
    ),
    path(
        "sites/<int:site>/people/import/<int:pk>/",
        importing.ImportCheck.as_view(),
        name="people-import-check",
    ),
    path(
        "sites/<int:site>/people/import/<int:pk>/apply/",
        importing.ImportApply.as_view(),
        name="people-import-apply",
    ),
    path("sites/<int:site>/people/new/", person_new.PersonNew.as_view(), name="person-new"),
    path("sites/<int:site>/people/<int:pk>/", person_pages.PersonShow.as_view(), name="person"),
    path(
        "sites/<int:site>/people/<int:pk>/edit/",
        moves.PersonEdit.as_view(),
        name="person-edit",
    ),
    path(
        "sites/<int:site>/people/<int:pk>/photo/", photos.PersonPhoto.as_view(), name="person-photo"
    ),
    path(
        "sites/<int:site>/people/<int:pk>/photo/remove/",
        photos.PersonPhotoRemove.as_view(),
        name="person-photo-remove",
    ),
    path(
        "sites/<int:site>/people/<int:pk>/suspend/",
        people.PersonSuspend.as_view(),
        name="person-suspend",
    ),
    path(
        "sites/<int:site>/people/<int:pk>/resume/",
        people.PersonResume.as_view(),
        name="person-resume",
    ),
    path(
        "sites/<int:site>/people/<int:pk>/delete/",
        people.PersonDelete.as_view(),
        name="person-delete",
    ),
    path(
        "sites/<int:site>/people/deleted/<int:pk>/restore/",
        people.PersonRestore.as_view(),
        name="person-restore",
    ),
    path("sites/<int:site>/people/<int:pk>/pin/", credentials.PinGive.as_view(), name="pin-give"),
    path("sites/<int:site>/people/<int:pk>/cards/", credentials.CardAdd.as_view(), name="card-add"),
    path(
        "sites/<int:site>/people/<int:pk>/credentials/<int:credential>/show/",
        credentials.CredentialShow.as_view(),
        name="credential-show",
    ),
    path(
        "sites/<int:site>/people/<int:pk>/credentials/<int:credential>/remove/",
        credentials.CredentialRemove.as_view(),
        name="credential-remove",
    ),
    path("sites/<int:site>/people/<int:pk>/why/", person_pages.Why.as_view(), name="person-why"),
    path("sites/<int:site>/access-groups/", access.Groups.as_view(), name="groups"),
    path("sites/<int:site>/access-groups/new/", access.GroupNew.as_view(), name="group-new"),
    path("sites/<int:site>/access-groups/<int:pk>/", members.GroupShow.as_view(), name="group"),
    path(
        "sites/<int:site>/access-groups/<int:pk>/people/",
        members.GroupPeopleAdd.as_view(),
        name="group-people",
    ),
    path(
        "sites/<int:site>/access-groups/<int:pk>/edit/",
        access.GroupEdit.as_view(),
        name="group-edit",
    ),
    path(
        "sites/<int:site>/access-groups/<int:pk>/copy/",
        access.GroupCopy.as_view(),
        name="group-copy",
    ),
    path(
        "sites/<int:site>/access-groups/<int:pk>/delete/",
        access.GroupDelete.as_view(),
        name="group-delete",
    ),
    path("devices/", device_pages.AllDevices.as_view(), name="all-devices"),
    path("macs/", mac_pages.Macs.as_view(), name="macs"),
    path("macs/installers/", mac_pages.MacInstallerChoices.as_view(), name="mac-installer-choices"),
    path("macs/new/", mac_pages.MacNew.as_view(), name="mac-new"),
    path("macs/import/", mac_import.MacImport.as_view(), name="mac-import"),
    path("macs/import/template/", mac_import.MacTemplate.as_view(), name="mac-template"),
    path("macs/import/<int:pk>/", mac_import.MacImportCheck.as_view(), name="mac-import-check"),
    path(
        "macs/import/<int:pk>/apply/",
        mac_import.MacImportApply.as_view(),
        name="mac-import-apply",
    ),
    path("macs/<int:pk>/delete/", mac_pages.MacDelete.as_view(), name="mac-delete"),
    path("audit/", audit_pages.Audit.as_view(), name="audit"),
    path("mail/", mail_pages.Letters.as_view(), name="mail"),
    path("mail/<int:pk>/again/", mail_pages.MailAgain.as_view(), name="mail-again"),
    path("welcome/policy/", welcome_pages.PolicyStep.as_view(), name="welcome-policy"),
    path("welcome/provider/", welcome_pages.ProviderStep.as_view(), name="welcome-provider"),
    path("welcome/email/", welcome_pages.EmailStep.as_view(), name="welcome-email"),
    path("privacy/", own_setting.Privacy.as_view(), name="privacy-policy"),
    path("customer-service/", own_setting.Feedback.as_view(), name="feedback"),
    path("setting/provider/", setting_pages.Provider.as_view(), name="provider"),
    path("setting/account/", support_pages.AccountSetting.as_view(), name="account-setting"),
    path(
        "setting/account/<int:pk>/permission/",
        support_pages.AccountGrant.as_view(),
        name="account-setting-permission",
    ),
    path(
        "setting/account/<int:pk>/app/",
        support_pages.AccountApps.as_view(),
        name="account-setting-app",
    ),
    path("setting/support/", support_pages.SupportDefault.as_view(), name="support-default"),
    path("support/", support_pages.Support.as_view(), name="support"),
    path("support/end/", support_pages.SupportEnd.as_view(), name="support-end"),
    path("support/<int:pk>/enter/", support_pages.SupportEnter.as_view(), name="support-enter"),
    path("support/<int:pk>/access/", support_pages.SupportEnable.as_view(), name="support-access"),
    path("setting/time-zone/", own_setting.TimeZone.as_view(), name="setting-zone"),
    path("setting/notification/", own_setting.Notification.as_view(), name="setting-notification"),
    path("setting/billing/", setting_pages.Billing.as_view(), name="setting-billing"),
    path("setting/customer-service/", setting_pages.Service.as_view(), name="setting-service"),
    path("setting/contact/", setting_pages.Contact.as_view(), name="setting-contact"),
    path("contact/", own_setting.OwnContact.as_view(), name="contact"),
    path("setting/single-family-mail/", setting_pages.HouseMails.as_view(), name="setting-houses"),
    path("setting/log/", setting_pages.LogSetting.as_view(), name="setting-log"),
    path("setting/mail-server/", mail_servers.MailServerEdit.as_view(), name="mail-server"),
    path(
        "setting/mail-server/test/", mail_servers.MailServerTest.as_view(), name="mail-server-test"
    ),
    path(
        "setting/mail-server/forget/",
        mail_servers.MailServerForget.as_view(),
        name="mail-server-forget",
    ),
    path(
        "setting/mail-templates/",
        mail_templates.MailTemplates.as_view(),
        name="mail-templates",
    ),
    path(
        "setting/mail-templates/<slug:key>/",
        mail_templates.MailTemplateShow.as_view(),
        name="mail-template",
    ),
    path(
        "setting/mail-templates/<slug:key>/body/",
        mail_templates.MailTemplateBody.as_view(),
        name="mail-template-body",
    ),
    path("setting/limits/", limit_pages.LimitsOfAll.as_view(), name="limits"),
    path(
        "organisations/<int:pk>/limits/",
        limit_pages.OrganisationLimits.as_view(),
        name="organisation-limits",
    ),
    path("setting/branding/", branding.Branding.as_view(), name="branding"),
    path("brand/<slug:digest>.png", branding.show_logo, name="brand-logo"),
    path("brand/<slug:digits>.css", branding.show_accent, name="brand-accent"),
    path("policies/", policy_pages.Policies.as_view(), name="policies"),
    path("policies/new/", policy_pages.PolicyNew.as_view(), name="policy-new"),
    path("policies/<int:pk>/", policy_pages.PolicyShow.as_view(), name="policy"),
    path("policies/<int:pk>/edit/", policy_pages.PolicyEdit.as_view(), name="policy-edit"),
    path("policies/<int:pk>/publish/", policy_pages.PolicyPublish.as_view(), name="policy-publish"),
    path("policies/<int:pk>/discard/", policy_pages.PolicyDiscard.as_view(), name="policy-discard"),
    path("manuals/", manual_pages.Manuals.as_view(), name="manuals"),
    path("manuals/new/", manual_pages.ManualNew.as_view(), name="manual-new"),
    path("manuals/<int:pk>/", manual_pages.ManualFetch.as_view(), name="manual"),
    path("manuals/<int:pk>/delete/", manual_pages.ManualDelete.as_view(), name="manual-delete"),
    path("help/", help_pages.Help.as_view(), name="help"),
    path("help/signing-in/", help_pages.HelpEntrance.as_view(), name="help-entrance"),
    path("help/<slug:topic>/", help_pages.HelpTopic.as_view(), name="help-topic"),
    path("tickets/", ticket_pages.Tickets.as_view(), name="tickets"),
    path("tickets/now/", ticket_pages.TicketsNow.as_view(), name="tickets-now"),
    path("tickets/new/", ticket_pages.TicketNew.as_view(), name="ticket-new"),
    path("tickets/<int:pk>/", ticket_pages.TicketShow.as_view(), name="ticket"),
    path("tickets/<int:pk>/solve/", ticket_pages.TicketSolve.as_view(), name="ticket-solve"),
    path("notices/", notice_pages.Notices.as_view(), name="notices"),
    path("notices/read/", notice_pages.NoticesRead.as_view(), name="notices-read"),
    path("notices/<int:pk>/", notice_pages.NoticeOpen.as_view(), name="notice"),
    path("notices/<int:pk>/read/", notice_pages.NoticeRead.as_view(), name="notice-read"),
    path("messages/", message_pages.Messages.as_view(), name="messages"),
    path("messages/written/", message_pages.MessagesWritten.as_view(), name="messages-written"),
    path("messages/new/", message_pages.MessageNew.as_view(), name="message-new"),
    path(
        "messages/sites/", message_pages.MessageSiteChoices.as_view(), name="message-site-choices"
    ),
    path("messages/<int:pk>/", message_pages.MessageShow.as_view(), name="message"),
    path("messages/<int:pk>/edit/", message_pages.MessageEdit.as_view(), name="message-edit"),
    path("messages/<int:pk>/send/", message_pages.MessageSend.as_view(), name="message-send"),
    path("messages/<int:pk>/recall/", message_pages.MessageRecall.as_view(), name="message-recall"),
    path("messages/<int:pk>/delete/", message_pages.MessageDelete.as_view(), name="message-delete"),
    path("works/", files.Works.as_view(), name="works"),
    path("works/now/", files.WorksNow.as_view(), name="works-now"),
    path("works/<int:pk>/faults/", files.WorkFaults.as_view(), name="work-faults"),
    path("works/<int:pk>/", files.WorkShow.as_view(), name="work"),
    path("works/<int:pk>/result/", files.WorkResult.as_view(), name="work-result"),
    path("works/<int:pk>/cancel/", files.WorkCancel.as_view(), name="work-cancel"),
    path("works/<int:pk>/retry/", files.WorkRetry.as_view(), name="work-retry"),
    path("files/<str:token>/", files.FileShow.as_view(), name="file"),
    path("sites/<int:site>/", overview.Overview.as_view(), name="site"),
    path("sites/<int:site>/readiness/", readiness.Readiness.as_view(), name="site-readiness"),
    path("sites/<int:site>/connectors/", connector_pages.Connectors.as_view(), name="connectors"),
    path(
        "sites/<int:site>/connectors/new/",
        connector_pages.ConnectorNew.as_view(),
        name="connector-new",
    ),
    path(
        "sites/<int:site>/connectors/<int:pk>/",
        connector_pages.ConnectorShow.as_view(),
        name="connector",
    ),
    path(
        "sites/<int:site>/connectors/<int:pk>/edit/",
        connector_pages.ConnectorRename.as_view(),
        name="connector-edit",
    ),
    path(
        "sites/<int:site>/connectors/<int:pk>/code/",
        connector_pages.ConnectorCode.as_view(),
        name="connector-code",
    ),
    path(
        "sites/<int:site>/connectors/<int:pk>/revoke/",
        connector_pages.ConnectorRevoke.as_view(),
        name="connector-revoke",
    ),
    path(
        "sites/<int:site>/connectors/<int:pk>/delete/",
        connector_pages.ConnectorDelete.as_view(),
        name="connector-delete",
    ),
    path("sites/<int:site>/devices/", device_pages.Devices.as_view(), name="devices"),
    path("sites/<int:site>/devices/new/", device_pages.DeviceNew.as_view(), name="device-new"),
    path("sites/<int:site>/devices/<int:pk>/", device_show.DeviceShow.as_view(), name="device"),
    path(
        "sites/<int:site>/devices/<int:pk>/timeline/",
        device_pages.DeviceTimeline.as_view(),
        name="device-timeline",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/edit/",
        device_pages.DeviceEdit.as_view(),
        name="device-edit",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/delete/",
        device_pages.DeviceDelete.as_view(),
        name="device-delete",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/reboot/",
        device_pages.DeviceReboot.as_view(),
        name="device-reboot",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/resync/",
        device_pages.DeviceResync.as_view(),
        name="device-resync",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/strangers/keep/",
        device_pages.StrangersKeep.as_view(),
        name="device-strangers-keep",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/strangers/remove/",
        device_pages.StrangersRemove.as_view(),
        name="device-strangers-remove",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/strangers/question/",
        device_pages.StrangersQuestion.as_view(),
        name="device-strangers-question",
    ),
    path(
        "sites/<int:site>/devices/<int:pk>/drifts/seen/",
        device_pages.DriftsSeen.as_view(),
        name="device-drifts-seen",
    ),
    path("sites/<int:site>/doors/", door_pages.Doors.as_view(), name="doors"),
    path("sites/<int:site>/doors/new/", door_forms.DoorNew.as_view(), name="door-new"),
    path("sites/<int:site>/doors/<int:pk>/", door_pages.DoorShow.as_view(), name="door"),
    path("sites/<int:site>/doors/<int:pk>/edit/", door_deeds.DoorEdit.as_view(), name="door-edit"),
    path(
        "sites/<int:site>/doors/<int:pk>/delete/",
        door_deeds.DoorDelete.as_view(),
        name="door-delete",
    ),
    path("sites/<int:site>/doors/<int:pk>/open/", door_pages.DoorOpen.as_view(), name="door-open"),
    path("sites/<int:site>/doors/<int:pk>/tile/", door_pages.DoorTile.as_view(), name="door-tile"),
    path(
        "sites/<int:site>/doors/<int:pk>/orders/<int:command>/",
        door_pages.CommandButton.as_view(),
        name="command-button",
    ),
    path("sites/<int:site>/log/", log_pages.DoorLog.as_view(), name="door-log"),
    path("sites/<int:site>/log/<int:pk>/", log_pages.DoorEventShow.as_view(), name="door-event"),
    path("sites/<int:site>/alarms/", alarm_pages.Alarms.as_view(), name="alarms"),
    path("sites/<int:site>/alarms/<int:pk>/", alarm_pages.AlarmShow.as_view(), name="alarm"),
    path(
        "sites/<int:site>/alarms/<int:pk>/acknowledge/",
        alarm_pages.AlarmAcknowledge.as_view(),
        name="alarm-acknowledge",
    ),
    path(
        "sites/<int:site>/alarms/<int:pk>/close/",
        alarm_pages.AlarmClose.as_view(),
        name="alarm-close",
    ),
    path("sites/<int:site>/audit/", audit_pages.SiteAudit.as_view(), name="site-audit"),
]
