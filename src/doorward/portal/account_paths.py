"""Where signing in and one's own account are mounted; `urls.py` mounts these and all else."""

from allauth.account.views import account_inactive
from django.urls import path

from doorward.portal.pages.account import entrance, factors, own
from doorward.portal.signin import views as signin_views

PATHS = [
    path("sign-in/", signin_views.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", signin_views.MailedCode.as_view(), name="account_confirm_login_code"),
    path("sign-in/factor/", signin_views.SecondFactor.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", signin_views.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-in/shut/", account_inactive, name="account_inactive"),
    path("sign-in/suspended/", entrance.Suspended.as_view(), name="account_suspended"),
    path("sign-out/", signin_views.SignOut.as_view(), name="account_logout"),
    path("password/forgotten/", entrance.Forgotten.as_view(), name="account-forgotten"),
    path("password/<str:token>/", entrance.PasswordByLink.as_view(), name="account-new-password"),
    path("email/<str:token>/", entrance.EmailByLink.as_view(), name="account-email-confirm"),
    path("account/", own.Profile.as_view(), name="account"),
    path("account/email/", own.Email.as_view(), name="account-email"),
    path("account/email/again/", own.EmailAgain.as_view(), name="account-email-again"),
    path("account/email/withdraw/", own.EmailWithdraw.as_view(), name="account-email-withdraw"),
    path("account/email/keep/", own.EmailKeep.as_view(), name="account-email-keep"),
    path("account/password/", own.PasswordOld.as_view(), name="account-password"),
    path("account/password/new/", own.PasswordNew.as_view(), name="account-password-new"),
    path("account/password/done/", own.PasswordDone.as_view(), name="account-password-done"),
    path("account/reminder/", own.Reminder.as_view(), name="account-reminder"),
    path("account/factors/", factors.Factors.as_view(), name="mfa_index"),
    path("account/factors/app/", factors.AppAdd.as_view(), name="mfa_activate_totp"),
    path("account/factors/app/remove/", factors.AppRemove.as_view(), name="mfa_deactivate_totp"),
    path("account/factors/passkey/", factors.PasskeyAdd.as_view(), name="mfa_add_webauthn"),
    path(
        "account/factors/passkey/<int:pk>/remove/",
        factors.PasskeyRemove.as_view(),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/factors/recovery/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"
    ),
    path(
        "account/factors/recovery/new/",
        factors.RecoveryNew.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/browsers/<int:pk>/forget/",
        own.BrowserForget.as_view(),
        name="account-browser-forget",
    ),
    path("account/sessions/", own.Sessions.as_view(), name="account-sessions"),
    path("account/sessions/end/", own.SessionsEnd.as_view(), name="account-sessions-end"),
    path(
        "account/sessions/<slug:handle>/end/", own.SessionEnd.as_view(), name="account-session-end"
    ),
    path("account/tokens/", own.Tokens.as_view(), name="account-tokens"),
    path("account/tokens/<int:pk>/revoke/", own.TokenRevoke.as_view(), name="account-token-revoke"),
    path("account/again/", signin_views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/again/code/", signin_views.FactorAgain.as_view(), name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        signin_views.PasskeyAgain.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
]
