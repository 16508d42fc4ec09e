"""Settings of the accounts project. Everything it writes goes below $WSGILAB_DATA."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def data_directory() -> Path:
    name = os.environ.get("WSGILAB_DATA", "")
    if not name or not Path(name).is_dir():
        raise ImproperlyConfigured(
            f"django_accounts: WSGILAB_DATA is {name!r}: set it to an existing directory"
            " and fill that with prepare.py"
        )
    return Path(name).resolve()


DATA = data_directory()

# What /whoami/ and the pages show, so that a check can tell whose settings were served.
WSGILAB_PROJECT = "django_accounts"
WSGILAB_SITE_NAME = "Accounts Desk"

SECRET_KEY = "django_accounts: a fixed value for tests, worth nothing elsewhere"
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pages",
    "accounts",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context.site",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "django_accounts.sqlite3",
        # Several processes write: readers must not wait for them, and a writer takes its lock when
        # its transaction begins, where SQLite honours the timeout.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # The last connection to leave a WAL database checkpoints it and removes the log. Kept
        # open, that does not happen at the end of every request.
        "CONN_MAX_AGE": 60,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A real hasher is slow on purpose and would be most of a measured login. Never do this elsewhere.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:session"
LOGOUT_REDIRECT_URL = "pages:home"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "America/Bogota"  # no summer time: the offset is the same all year
USE_TZ = True

STATIC_URL = "static/"
MEDIA_ROOT = DATA / "django_accounts_files"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
