"""Every page for everybody: what Maple Court's addresses answer to each of the cast.

A page in `urls.py` without a row fails, and so does a row without a page.
"""

from dataclasses import dataclass

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.files import File
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.cast import NAMES, PASSWORD, Cast
from tests.house.addresses import address_of, page_names, typed

pytestmark = pytest.mark.django_db

# 302 after a deed is its success, to a nobody the way to the sign-in page. A form that is refused
# at its fields (422) is shown to whoever sees nothing that could be chosen there.
TABLE = """
                       otto dora sven ivan iris mona ada  rita oscar nobody
dashboard        GET   200  200  200  200  200  200  200  302  200   302
dashboard-attention GET 200 200 200 200 200 200 403 403 200 302
dashboard-hours  GET   200  403  403  200  200  200  200  200  200   302
person-own       GET   404  404  404  404  404  404  404  200  404   302
sites            GET   200  200  200  200  200  200  200  200  200   302
site-regions     GET   200  200  200  200  200  200  200  200  200   302
site-new         GET   403  403  403  200  200  403  403  403  200   302
site-new         POST  403  403  403  302  302  403  403  403  302   302
users            GET   200  200  200  200  200  200  200  403  200   302
user-new         GET   200  200  200  200  200  200  403  403  200   302
user-new         POST  302  422  422  302  302  422  403  403  422   302
user             GET   200  404  404  200  200  200  200  404  404   302
user-edit        GET   200  404  404  200  200  200  403  404  404   302
user-edit        POST  302  404  404  302  302  302  403  404  404   302
user-email-keep  POST  302  404  404  302  302  302  302  404  404   302
user-email-again POST  302  404  404  302  302  302  403  404  404   302
user-delete      POST  302  404  404  302  302  302  403  404  404   302
user-factor      POST  302  404  404  302  302  302  403  404  404   302
user-factors-remove POST  302  404  404  302  302  302  403  404  404   302
user-password    POST  302  404  404  302  302  302  403  404  404   302
user-unlock      POST  302  404  404  302  302  302  403  404  404   302
user-sessions-end POST  302  404  404  302  302  302  403  404  404   302
user-shut        POST  302  404  404  302  302  302  403  404  404   302
user-open        POST  302  404  404  302  302  302  403  404  404   302
user-role-end    POST  302  404  404  302  302  302  403  404  404   302
organisations    GET   200  200  200  403  403  403  403  403  403   302
organisation-new GET   200  200  200  403  403  403  403  403  403   302
organisation-new POST  302  302  302  403  403  403  403  403  403   302
organisation     GET   200  200  200  404  404  404  404  404  404   302
organisation-edit GET  200  200  200  404  404  404  404  404  404   302
organisation-edit POST 302  302  302  404  404  404  404  404  404   302
organisation-suspend POST 302 302 302 404  404  404  404  404  404   302
organisation-resume POST 302 302  302 404  404  404  404  404  404   302
organisation-delete POST 302 302  302 404  404  404  404  404  404   302
invitation-again POST  302  404  404  302  302  404  404  404  404   302
invitation-withdraw POST  302  404  404  302  302  404  404  404  404   302
messages-written GET   200  200  200  200  403  403  403  403  200   302
message-site-choices GET 200 200 200 200 403  403  403  403  200   302
message-new      GET   200  200  200  200  403  403  403  403  200   302
message-new      POST  302  302  302  302  403  403  403  403  302   302
message          GET   404  404  404  200  404  200  404  404  404   302
message-edit     GET   404  404  404  200  404  404  404  404  404   302
message-edit     POST  404  404  404  302  404  404  404  404  404   302
message-send     POST  404  404  404  302  404  403  404  404  404   302
message-recall   POST  404  404  404  302  404  403  404  404  404   302
message-delete   POST  404  404  404  302  404  403  404  404  404   302
help             GET   200  200  200  200  200  200  200  200  200   302
help-topic       GET   200  200  200  200  200  200  200  200  200   302
search           GET   200  200  200  200  200  200  200  200  200   302
search           POST  302  302  302  302  302  302  302  302  302   302
search-typing    POST  200  200  200  200  200  200  200  200  200   302
site             GET   200  200  200  200  200  200  200  404  404   302
site-readiness   GET   200  200  200  200  200  200  403  404  404   302
site-edit        GET   403  403  403  200  200  403  403  404  404   302
site-edit        POST  403  403  403  302  302  403  403  404  404   302
site-delete      GET   403  403  403  200  200  403  403  404  404   302
site-delete      POST  403  403  403  422  422  403  403  404  404   302
sites-deleted    GET   403  403  403  200  200  403  403  403  200   302
site-restore     POST  404  404  404  302  302  404  404  404  404   302
site-managers    GET   403  403  403  200  200  403  403  404  404   302
site-managers    POST  403  403  403  302  302  403  403  404  404   302
site-managers-add GET  403  403  403  200  200  403  403  404  404   302
site-managers-add POST 403  403  403  302  302  403  403  404  404   302
administrators   GET   200  403  403  200  200  200  200  404  404   302
administrator-new GET  200  403  403  200  200  200  403  404  404   302
administrator-new POST 302  403  403  302  302  302  403  404  404   302
administrator    GET   200  404  404  200  200  200  200  404  404   302
administrator-edit GET 200  404  404  200  200  200  403  404  404   302
administrator-edit POST 302 404  404  302  302  302  403  404  404   302
companies        GET   200  200  200  200  200  200  200  404  404   302
company-new      GET   403  403  403  200  200  200  403  404  404   302
company-new      POST  403  403  403  302  302  302  403  404  404   302
company          GET   200  404  404  200  200  200  200  404  404   302
company-edit     GET   403  404  404  200  200  200  403  404  404   302
company-edit     POST  403  404  404  302  302  302  403  404  404   302
company-delete   POST  403  404  404  302  302  302  403  404  404   302
people           GET   200  200  200  200  200  200  200  404  404   302
people           POST  403  403  403  302  302  302  302  404  404   302
people-groups    GET   200  200  200  200  200  200  200  404  404   302
people-group-choices GET 200 200 200 200  200  200  200  404  404   302
people-group-new GET   403  403  403  200  200  200  200  404  404   302
people-group-new POST  403  403  403  302  302  302  302  404  404   302
people-group-edit GET  403  404  404  200  200  200  200  404  404   302
people-group-edit POST 403  404  404  302  302  302  302  404  404   302
people-group-delete GET 403  404  404  200  200  200  200  404  404   302
people-group-delete POST 403 404 404  302  302  302  302  404  404   302
workbook-template GET  403  403  403  200  200  403  403  403  200   302
workbook         GET   403  403  403  200  200  403  403  404  404   302
workbook         POST  403  403  403  302  302  403  403  404  404   302
workbook-filled  POST  403  403  403  200  200  403  403  404  404   302
workbook-check   GET   404  404  404  200  404  404  404  404  404   302
workbook-apply   POST  404  404  404  302  404  404  404  404  404   302
people-import    GET   403  403  403  200  200  200  200  404  404   302
people-import    POST  403  403  403  302  302  302  302  404  404   302
people-template  GET   403  403  403  200  200  200  200  404  404   302
people-import-check GET 404 404  404  404  404  200  404  404  404   302
people-import-apply POST 404 404 404  404  404  302  404  404  404   302
person-new       GET   403  403  403  200  200  200  200  404  404   302
person-new       POST  403  403  403  302  302  302  302  404  404   302
person           GET   200  404  404  200  200  200  200  404  404   302
person-edit      GET   403  404  404  200  200  200  200  404  404   302
person-edit      POST  403  404  404  302  302  302  302  404  404   302
person-photo     GET   403  404  404  200  200  200  200  404  404   302
person-photo     POST  403  404  404  302  302  302  302  404  404   302
person-photo-remove POST 403 404 404  302  302  302  302  404  404   302
person-suspend   POST  403  404  404  302  302  302  302  404  404   302
person-resume    POST  403  404  404  302  302  302  302  404  404   302
person-delete    POST  403  404  404  302  302  302  302  404  404   302
person-restore   POST 404  404  404  404  404  302  404  404  404   302
card-add         GET   403  404  404  200  200  200  200  404  404   302
card-add         POST  403  404  404  302  302  302  302  404  404   302
pin-give         GET   403  404  404  200  200  200  200  404  404   302
pin-give         POST  403  404  404  200  200  200  200  404  404   302
credential-show  GET   403  404  404  302  302  302  302  404  404   302
credential-show  POST  403  404  404  302  302  302  302  404  404   302
credential-remove POST 403  404  404  302  302  302  302  404  404   302
person-why       GET   200  404  404  200  200  200  200  404  404   302
groups           GET   200  200  200  200  200  200  200  404  404   302
group-new        GET   403  403  403  200  200  200  200  404  404   302
group-new        POST  403  403  403  302  302  302  302  404  404   302
group            GET   200  404  404  200  200  200  200  404  404   302
group            POST  403  404  404  302  302  302  403  404  404   302
group-people     GET   403  404  404  200  200  200  403  404  404   302
group-people     POST  403  404  404  302  302  302  403  404  404   302
group-edit       GET   403  404  404  200  200  200  403  404  404   302
group-edit       POST  403  404  404  302  302  302  403  404  404   302
group-copy       GET   403  404  404  200  200  200  200  404  404   302
group-copy       POST  403  404  404  302  302  302  302  404  404   302
group-delete     GET   403  404  404  200  200  200  403  404  404   302
group-delete     POST  403  404  404  302  302  302  403  404  404   302
all-devices      GET   200  200  200  200  200  200  200  200  200   302
all-devices      POST  403  403  403  302  302  302  403  403  302   302
macs             GET   200  200  200  200  200  200  200  200  200   302
mac-installer-choices GET 200 200 200 200 200 200 200 200 200 302
macs             POST  302  302  403  302  302  403  403  403  302   302
mac-new          GET   200  200  403  200  200  403  403  403  200   302
mac-new          POST  422  302  403  302  302  403  403  403  302   302
mac-import       GET   200  200  403  200  200  403  403  403  200   302
mac-import       POST  422  302  403  302  302  403  403  403  302   302
mac-template     GET   200  200  403  200  200  403  403  403  200   302
mac-import-check GET   404  404  404  200  404  404  404  404  404   302
mac-import-apply POST  404  404  404  302  404  404  404  404  404   302
mac-delete       POST  302  302  403  302  302  404  404  404  404   302
audit            GET   200  200  200  200  200  200  200  200  200   302
mail             GET   200  403  403  403  403  403  403  403  403   302
mail-again       POST  302  404  404  404  404  404  404  404  404   302
manuals          GET   200  200  200  200  200  200  200  200  200   302
manual-new       GET   200  403  403  403  403  403  403  403  403   302
manual-new       POST  302  403  403  403  403  403  403  403  403   302
manual           GET   302  302  302  302  302  302  404  404  302   302
manual-delete    POST  302  403  403  403  403  403  404  404  403   302
tickets          GET   200  200  200  200  200  200  200  200  200   302
tickets-now      GET   200  200  200  200  200  200  200  200  200   302
ticket-new       GET   403  200  200  200  200  200  200  200  200   302
ticket-new       POST  403  302  302  302  302  302  302  302  302   302
ticket           GET   404  404  404  200  200  200  404  404  404   302
ticket           POST  404  404  404  302  302  302  404  404  404   302
ticket-solve     POST  404  404  404  302  302  302  404  404  404   302
mail-server      GET   200  403  403  403  403  403  403  403  403   302
mail-server      POST  302  403  403  403  403  403  403  403  403   302
mail-server-test GET   200  403  403  403  403  403  403  403  403   302
mail-server-test POST  422  403  403  403  403  403  403  403  403   302
mail-server-forget POST 302 403  403  403  403  403  403  403  403   302
limits           GET   200  403  403  403  403  403  403  403  403   302
limits           POST  302  403  403  403  403  403  403  403  403   302
organisation-limits GET 200 403  403  404  404  404  404  404  404   302
organisation-limits POST 302 403 403  404  404  404  404  404  404   302
branding         GET   200  403  403  403  403  403  403  403  403   302
branding         POST  302  403  403  403  403  403  403  403  403   302
mail-templates   GET   200  403  403  403  403  403  403  403  403   302
mail-template    GET   200  403  403  403  403  403  403  403  403   302
mail-template-body GET 200  403  403  403  403  403  403  403  403   302
policies         GET   200  403  403  403  403  403  403  403  403   302
policy-new       POST  302  403  403  403  403  403  403  403  403   302
policy           GET   200  404  404  404  404  404  404  404  404   302
policy-edit      GET   200  404  404  404  404  404  404  404  404   302
policy-edit      POST  302  404  404  404  404  404  404  404  404   302
policy-publish   POST  302  404  404  404  404  404  404  404  404   302
policy-discard   POST  302  404  404  404  404  404  404  404  404   302
provider         GET   403  403  403  200  200  403  403  403  200   302
provider         POST  403  403  403  302  302  403  403  403  302   302
support          GET   403  200  200  200  200  200  403  403  200   302
support-enter    POST  404  302  302  404  404  404  404  404  404   302
support-access   POST  404  302  302  404  404  404  404  404  404   302
account-setting  GET   404  404  404  200  404  404  404  404  404   302
account-setting-permission POST 404 404 404  302  404  404  404  404  404   302
account-setting-app POST 404 404 404  302  404  404  404  404  404   302
support-default  GET   200  403  403  403  403  403  403  403  403   302
support-default  POST  302  403  403  403  403  403  403  403  403   302
setting-billing  GET   403  403  403  200  403  403  403  403  200   302
setting-billing  POST  403  403  403  302  403  403  403  403  302   302
setting-service  GET   403  403  403  200  200  403  403  403  200   302
setting-service  POST  403  403  403  302  302  403  403  403  302   302
setting-houses   GET   403  403  403  200  200  403  403  403  200   302
setting-houses   POST  403  403  403  302  302  403  403  403  302   302
setting-contact  GET   403  200  200  403  403  403  403  403  403   302
setting-contact  POST  403  302  302  403  403  403  403  403  403   302
contact          GET   200  200  200  200  200  403  403  403  200   302
setting-log      GET   403  403  403  200  200  403  403  403  200   302
setting-log      POST  403  403  403  302  302  403  403  403  302   302
feedback         GET   404  404  404  404  404  200  200  200  404   302
feedback         POST  404  404  404  404  404  302  302  302  404   302
connectors       GET   200  200  200  200  200  200  200  404  404   302
connector-new    GET   403  403  403  200  200  200  403  404  404   302
connector-new    POST  403  403  403  302  302  302  403  404  404   302
connector        GET   200  404  404  200  200  200  404  404  404   302
connector-edit   GET   403  404  404  200  200  200  404  404  404   302
connector-edit   POST  403  404  404  302  302  302  404  404  404   302
connector-code   POST  403  404  404  302  302  302  404  404  404   302
connector-revoke POST  403  404  404  302  302  302  404  404  404   302
connector-delete POST  403  404  404  302  302  302  404  404  404   302
devices          GET   200  200  200  200  200  200  200  404  404   302
devices          POST  403  403  403  302  302  302  403  404  404   302
device-new       GET   403  403  403  200  200  200  403  404  404   302
device-new       POST  403  403  403  302  302  302  403  404  404   302
device           GET   200  200  200  200  200  200  404  404  404   302
device-timeline  GET   200  200  200  200  200  200  404  404  404   302
device-edit      GET   403  403  403  200  200  200  404  404  404   302
device-edit      POST  403  403  403  302  302  302  404  404  404   302
device-delete    POST  403  403  403  302  302  302  404  404  404   302
device-resync    POST  403  403  403  302  302  302  404  404  404   302
device-reboot    POST  403  403  403  302  302  302  404  404  404   302
device-strangers-keep POST  403  403  403  302  302  302  404  404  404   302
device-strangers-remove POST  403  403  403  302  302  302  404  404  404   302
device-strangers-question POST  403  403  403  302  302  302  404  404  404   302
device-drifts-seen POST  403  403  403  302  302  302  404  404  404   302
doors            GET   200  200  200  200  200  200  200  404  404   302
door-new         GET   403  403  403  200  200  200  403  404  404   302
door-new         POST  403  403  403  302  302  302  403  404  404   302
door             GET   200  404  404  200  200  200  200  404  404   302
door-edit        GET   403  404  404  200  200  200  403  404  404   302
door-edit        POST  403  404  404  302  302  302  403  404  404   302
door-delete      GET   403  404  404  200  200  200  403  404  404   302
door-delete      POST  403  404  404  302  302  302  403  404  404   302
door-open        POST  403  404  404  200  200  200  200  404  404   302
door-tile        GET   200  404  404  200  200  200  200  404  404   302
command-button   GET   200  404  404  200  200  200  404  404  404   302
door-log         GET   200  200  200  200  200  200  200  404  404   302
door-event       GET   200  404  404  200  200  200  200  404  404   302
alarms           GET   200  200  200  200  200  200  200  404  404   302
alarms           POST  403  403  403  302  302  302  403  404  404   302
alarm            GET   200  404  404  200  200  200  200  404  404   302
alarm-acknowledge POST 403  404  404  302  302  302  403  404  404   302
alarm-close      POST  403  404  404  302  302  302  403  404  404   302
site-audit       GET   200  200  200  200  200  200  200  404  404   302
"""

# One's own account is the same for everybody; its parts are nobody else's. 302 from a page of
# second factors leads to signing in again, 404 is what one has not got. From first steps that are
# not due one is led on.
OWN = """
account          GET  200  200  200  200  200  200  200  200  200   302
account          POST 302  302  302  302  302  302  302  302  302   302
account-email    GET  302  302  302  302  302  302  302  302  302   302
account-email    POST 302  302  302  302  302  302  302  302  302   302
support-end      POST 302  302  302  302  302  302  302  302  302   302
account-email-again POST 302  302  302  302  302  302  302  302  302   302
account-email-keep POST 302  302  302  302  302  302  302  302  302   302
account-email-withdraw POST 302  302  302  302  302  302  302  302  302   302
account-password GET  200  200  200  200  200  200  200  200  200   302
account-password POST 302  302  302  302  302  302  302  302  302   302
account-password-new GET  302  302  302  302  302  302  302  302  302   302
account-password-new POST 302  302  302  302  302  302  302  302  302   302
account-password-done GET  200  200  200  200  200  200  200  200  200   302
account-reminder GET  200  200  200  200  200  200  200  200  200   302
account-reminder POST 302  302  302  302  302  302  302  302  302   302
account-sessions GET  200  200  200  200  200  200  200  200  200   302
account-sessions-end POST 302  302  302  302  302  302  302  302  302   302
account-session-end POST 404  404  404  404  404  302  404  404  404   302
account-browser-forget POST 404  404  404  404  404  302  404  404  404   302
account-tokens   GET  200  200  200  200  200  200  200  200  200   302
account-tokens   POST 302  302  302  302  302  302  302  302  302   302
account-token-revoke POST 404  404  404  404  404  302  404  404  404   302
account_reauthenticate GET  200  200  200  200  200  200  200  200  200   302
account_reauthenticate POST 200  200  200  200  200  200  200  200  200   302
mfa_reauthenticate GET  302  302  302  302  302  302  302  302  302   302
mfa_reauthenticate POST 302  302  302  302  302  302  302  302  302   302
mfa_reauthenticate_webauthn GET  302  302  302  302  302  302  302  302  302   302
mfa_reauthenticate_webauthn POST 302  302  302  302  302  302  302  302  302   302
mfa_index        GET  200  200  200  200  200  200  200  200  200   302
mfa_activate_totp GET  302  302  302  302  302  302  302  302  302   302
mfa_activate_totp POST 302  302  302  302  302  302  302  302  302   302
mfa_deactivate_totp GET  404  404  404  404  404  404  404  404  404   302
mfa_deactivate_totp POST 404  404  404  404  404  404  404  404  404   302
mfa_add_webauthn GET  302  302  302  302  302  302  302  302  302   302
mfa_add_webauthn POST 302  302  302  302  302  302  302  302  302   302
mfa_remove_webauthn GET  302  302  302  302  302  302  302  302  302   302
mfa_remove_webauthn POST 302  302  302  302  302  302  302  302  302   302
mfa_view_recovery_codes GET  404  404  404  404  404  404  404  404  404   302
mfa_generate_recovery_codes GET  302  302  302  302  302  302  302  302  302   302
mfa_generate_recovery_codes POST 302  302  302  302  302  302  302  302  302   302
privacy-policy   GET  200  200  200  200  200  200  200  200  200   302
setting-zone     GET  200  200  200  200  200  200  200  200  200   302
setting-zone     POST 302  302  302  302  302  302  302  302  302   302
setting-notification GET 200 200  200  200  200  200  200  200  200   302
setting-notification POST 302 302 302  302  302  302  302  302  302   302
welcome-policy   GET  302  302  302  302  302  302  302  302  302   302
welcome-policy   POST 302  302  302  302  302  302  302  302  302   302
welcome-provider GET  302  302  302  302  302  302  302  302  302   302
welcome-provider POST 302  302  302  302  302  302  302  302  302   302
welcome-email    GET  302  302  302  302  302  302  302  302  302   302
welcome-email    POST 302  302  302  302  302  302  302  302  302   302
messages         GET  200  200  200  200  200  200  200  200  200   302
notices          GET  200  200  200  200  200  200  200  200  200   302
notices-read     POST 302  302  302  302  302  302  302  302  302   302
notice           GET  404  404  404  404  404  302  404  404  404   302
notice-read      POST 404  404  404  404  404  302  404  404  404   302
works            GET  200  200  200  200  200  200  200  200  200   302
work-faults      GET  404  404  404  404  404  200  404  404  404   302
site-choices     GET  200  200  200  200  200  200  200  200  200   302
works-now        GET  200  200  200  200  200  200  200  200  200   302
work             GET  404  404  404  404  404  200  404  404  404   302
work-result      GET  404  404  404  404  404  302  404  404  404   302
work-cancel      POST 404  404  404  404  404  302  404  404  404   302
work-retry       POST 404  404  404  404  404  302  404  404  404   302
file             GET  404  404  404  404  404  200  404  404  404   302
"""

# Before anybody is in: what whoever has signed in gets, and what nobody gets.
ENTRANCE = """
account_login              GET   302 200
account_confirm_login_code GET   302 302
mfa_authenticate           GET   302 302
mfa_login_webauthn         GET   302 302
account_inactive           GET   200 200
account_logout             GET   200 302
account_suspended          GET   200 200
brand-logo                 GET   404 404
brand-accent               GET   200 200
account-forgotten          GET   200 200
account-forgotten          POST  302 302
account-new-password       GET   200 200
account-new-password       POST  422 422
account-email-confirm      GET   200 200
account-email-confirm      POST  409 409
invitation                 GET  200 200
help-entrance              GET  200 200
invitation                 POST 409 409
"""

# Lists that take deeds on many rows.
LISTS = {"alarms", "macs", "people", "group", "group-people", "devices", "all-devices"}

HEAD, *ROLES = [line.split() for line in TABLE.strip().splitlines()]
OWN_ROWS = [line.split() for line in OWN.strip().splitlines()]
ROWS = ROLES + OWN_ROWS
OPEN_ROWS = [line.split() for line in ENTRANCE.strip().splitlines()]
OPEN = {row[0] for row in OPEN_ROWS}


@pytest.fixture
def browsers(cast: Cast) -> dict[str, Client]:
    return {name: cast.client(name) if name in NAMES else Client() for name in HEAD}


@dataclass(frozen=True)
class Asked:
    """A page at Maple Court, and what is typed there: the same for everybody."""

    method: str
    address: str
    body: dict[str, object]

    @classmethod
    def of(cls, name: str, method: str, cast: Cast) -> "Asked":
        body = typed(name, cast) if method == "POST" else {}
        return cls(method, address_of(name, cast), body)


def answer(browser: Client, asked: Asked) -> int:
    """Ask, and undo whatever that did."""
    address, body = asked.address, asked.body
    for sent in body.values():
        if isinstance(sent, File):
            # Whoever asked before has read it to its end.
            sent.seek(0)
    with transaction.atomic():
        response = browser.post(address, body) if asked.method == "POST" else browser.get(address)
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_page_answers_each_role_as_the_table_says(
    row: list[str], cast: Cast, browsers: dict[str, Client]
) -> None:
    name, method, *expected = row
    if method == "POST":
        cast.power_on()
    asked = Asked.of(name, method, cast)
    given = {who: answer(browser, asked) for who, browser in browsers.items()}
    assert given == dict(zip(HEAD, map(int, expected), strict=True))


@pytest.mark.parametrize("row", OPEN_ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_page_of_the_entrance_needs_no_account(row: list[str], cast: Cast) -> None:
    name, method, *expected = row
    browsers = (cast.client("mona"), Client())
    asked = Asked.of(name, method, cast)
    assert [answer(browser, asked) for browser in browsers] == [*map(int, expected)]


def test_every_page_has_its_row() -> None:
    assert {row[0] for row in ROWS} == set(page_names()) - OPEN


def test_whoever_may_not_do_a_deed_is_not_shown_its_form() -> None:
    # A list is there for whoever sees it; which deeds it offers is told in tests/kit.
    shown = {row[0]: row[2:] for row in ROWS if row[1] == "GET"}
    done = {row[0]: row[2:] for row in ROWS if row[1] == "POST"}
    refused = {
        (name, who)
        for name in (shown.keys() & done.keys()) - LISTS
        for who, form, deed in zip(HEAD, shown[name], done[name], strict=True)
        if (form == "403") != (deed == "403")
    }
    assert refused == set()


@pytest.mark.parametrize("name", sorted({row[0] for row in ROWS}))
def test_a_page_takes_no_deed_that_has_no_row(name: str, cast: Cast) -> None:
    rows = [row for row in ROWS if row[0] == name]
    welcome = [
        who for who, code in zip(NAMES, rows[0][2:-1], strict=True) if code in {"200", "302"}
    ]
    browser = cast.client("ivan" if "ivan" in welcome or not welcome else welcome[0])
    for method in {"GET", "POST"} - {row[1] for row in rows}:
        assert answer(browser, Asked.of(name, method, cast)) == 405


def test_there_is_a_column_for_everybody() -> None:
    assert [*NAMES, "nobody"] == HEAD


def test_an_outsider_with_the_same_role_meets_nothing_of_maple() -> None:
    own = {"sites", "site-new", "macs", "mac-new", "dashboard", "all-devices", "audit", "mail"}
    own |= {"users", "user-new", "search", "search-typing", "site-choices"}
    # Of no house at all: everybody's first steps, an installer's own words, the operator's texts.
    own |= {"welcome-policy", "welcome-provider", "welcome-email", "privacy-policy", "provider"}
    own |= {"policies", "policy-new", "support", "support-default"}
    own |= {"mac-import", "mac-template", "dashboard-hours", "sites-deleted", "dashboard-attention"}
    own |= {"workbook-template", "mac-installer-choices"}
    own |= {"policies", "policy-new", "tickets", "ticket-new"}
    own |= {"manuals", "manual-new", "manual", "manual-delete"}
    own |= {"setting-billing", "setting-service", "setting-houses", "setting-log"}
    own |= {"organisations", "organisation-new"}
    own |= {"mail-server", "mail-server-test", "mail-server-forget"}
    own |= {"mail-templates", "mail-template", "mail-template-body", "branding", "limits"}
    own |= {"setting-contact", "contact"}
    own |= {"messages-written", "message-new", "message-site-choices"}
    own |= {"site-regions", "help", "help-topic", "tickets-now"}
    inside = [row for row in ROLES if row[0] not in own]
    assert {row[2 + HEAD.index("oscar")] for row in inside} == {"404"}


def test_nobody_sees_a_page_without_signing_in() -> None:
    assert {row[-1] for row in ROWS} == {"302"}


@pytest.mark.parametrize(
    "page", ["sites", "all-devices", "macs", "audit", "works", "dashboard", "tickets", "notices"]
)
def test_lists_outside_a_site_tell_an_outsider_nothing_of_maple(page: str, cast: Cast) -> None:
    text = cast.client("oscar").get(reverse(page)).content.decode()
    told = ("Maple", "Acme", "Lobby", "0C1105AABB0", "Ivan", "Rita", "Basement", "Front door")
    assert [word for word in told if word in text] == []


def test_signing_in_needs_the_password(cast: Cast) -> None:
    browser = Client()
    page = reverse("account_login")
    browser.post(page, {"login": "mona", "password": "a-wrong-password"})
    assert SESSION_KEY not in browser.session
    browser.post(page, {"login": "mona", "password": PASSWORD})
    assert SESSION_KEY in browser.session


def test_signing_out_takes_a_click_not_a_link(cast: Cast) -> None:
    browser = cast.client("mona")
    browser.get(reverse("account_logout"))
    assert SESSION_KEY in browser.session
    browser.post(reverse("account_logout"))
    assert SESSION_KEY not in browser.session


@pytest.mark.parametrize(
    "query",
    [
        *("per_page=-1", f"per_page={'9' * 5000}", "per_page=100000", "page=-3", "page=x"),
        *(f"page={'9' * 5000}", "q=%00", "q=%F0%28%8C%28", "sort=nothing", "sort=-nothing&sort="),
    ],
)
def test_a_list_takes_any_address(cast: Cast, query: str) -> None:
    outside = [
        reverse(name)
        for name in ("sites", "macs", "all-devices", "audit", "works", "tickets", "notices")
    ]
    inside = ("companies", "people", "groups", "doors", "devices", "connectors", "door-log")
    addresses = [*outside, *(reverse(name, args=[cast.maple.pk]) for name in inside)]
    ivan = cast.client("ivan")
    answers = {address: ivan.get(f"{address}?{query}").status_code for address in addresses}
    assert set(answers.values()) == {200}, answers
