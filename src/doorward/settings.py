"""Django's settings; what differs between installations comes from the environment."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from doorward.kit import connections
from doorward.kit.env import Environment, database_settings
from doorward.kit.vault import derive_from, read_master_key

ENVIRONMENT = Environment.read(os.environ)
MASTER_KEY = read_master_key(ENVIRONMENT.master_key_file)
SECRET_KEY = derive_from(MASTER_KEY, "django").hex()
DEBUG = ENVIRONMENT.debug
BASE_URL = ENVIRONMENT.base_url
ALLOWED_HOSTS = (
    ["*"]
    if DEBUG
    else ["localhost", "127.0.0.1", "[::1]", urlsplit(BASE_URL).hostname or "localhost"]
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "ninja",
    "phonenumber_field",
    "doorward.kit",
    "doorward.tenancy",
    "doorward.files",
    "doorward.sites",
    "doorward.people",
    "doorward.devices",
    "doorward.activity",
    "doorward.access",
    "doorward.helpdesk",
    "doorward.notices",
    "doorward.portal",
    # After the portal, whose templates of the same names stand in front of these.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "doorward.kit.callers.CallerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "doorward.portal.middleware.ActorMiddleware",
    "doorward.portal.first_steps.FirstStepsMiddleware",
]

ROOT_URLCONF = "doorward.urls"
WSGI_APPLICATION = "doorward.wsgi.application"
SWITCHBOARD = "doorward.switchboard.REACTIONS"
OBJECTIONS = "doorward.switchboard.OBJECTIONS"
ENDINGS = "doorward.switchboard.ENDINGS"
WORKS = "doorward.works.WORKS"

_COTTON = "django_cotton.cotton_loader.Loader"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        _COTTON,
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "doorward.kit.brand.shown",
                "doorward.portal.frame.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "doorward.kit.templatetags.kit",
            ],
        },
    }
]

_DATABASE = database_settings(ENVIRONMENT.database_url)
DATABASES = {
    "default": {
        **_DATABASE,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        # What people see is told at the door: a pool serves eight page threads and the bridge.
        "OPTIONS": {
            **_DATABASE["OPTIONS"],  # type: ignore[dict-item]
            # For cursors of our own; Django's bind on the client and prepare nothing.
            "prepare_threshold": 5,
            "pool": {"min_size": 2, "max_size": connections.POOL, "timeout": 10},
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        # The database keeps the limits on guessing across a restart.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
        # Keys are made of what they are about; nobody should read that in the database.
        "KEY_FUNCTION": "doorward.kit.vault.cache_key",
    }
}

AUTH_USER_MODEL = "tenancy.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "doorward.tenancy.passwords.LengthValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "doorward.tenancy.passwords.NameValidator"},
    {"NAME": "doorward.tenancy.passwords.LeakedValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "doorward.portal.signin.adapter.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Ours count by account and source, know browsers, and survive a restart (tenancy/guessing.py).
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 3
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
MFA_ADAPTER = "doorward.portal.signin.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "doorward.tenancy.session_store"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https:")

_MAIL = ENVIRONMENT.mail
EMAIL_BACKEND = f"doorward.kit.postbox.{'SmtpBackend' if _MAIL.host else 'FolderBackend'}"
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER = _MAIL.user
EMAIL_HOST_PASSWORD = _MAIL.password_file.read_text().strip() if _MAIL.password_file else ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.security == "starttls", _MAIL.security == "tls"
# Seconds for each answer of the mail server.
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = _MAIL.sender
MAIL_FOLDER = ENVIRONMENT.data / "mail"
FILES_FOLDER = ENVIRONMENT.data / "files"
AUDIT_FOLDER = ENVIRONMENT.data / "audit"
# What is half written; swept when a kill leaves something there.
DRAFTS_FOLDER = FILES_FOLDER / "drafts"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
FORMAT_MODULE_PATH = "doorward.locale"
TIME_ZONE = "UTC"
USE_TZ = True

PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

FILE_UPLOAD_HANDLERS = ["doorward.files.uploads.SealingHandler"]
# An access group may have many people.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# The API's gate takes forms in itself, whatever the method.
NINJA_FIX_REQUEST_FILES_METHODS: list[str] = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "kit/table.html"

API_REQUESTS_A_MINUTE = ENVIRONMENT.api_requests
API_BULK_A_MINUTE = ENVIRONMENT.api_bulk

# Device clocks are told these; an operator with a time server of their own names it here.
NTP_SERVERS = ("pool.ntp.org",)

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "doorward.cron.register"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # A stranger's 404 is nothing that someone should look at.
        "django.request": {"level": "ERROR"},
        # It logs whole addresses, and those of live pages bear tickets.
        "uvicorn": {"level": "WARNING"},
    },
}
