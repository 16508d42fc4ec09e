"""Settings of the guestbook project.

Its packages are called config and pages on purpose, as those of django_accounts are: two projects
with the same names cannot live in one interpreter, and nothing but the pages they serve says so.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def data_directory() -> Path:
    name = os.environ.get("WSGILAB_DATA", "")
    if not name or not Path(name).is_dir():
        raise ImproperlyConfigured(
            f"django_secondapp: WSGILAB_DATA is {name!r}: set it to an existing directory"
            " and fill that with prepare.py"
        )
    return Path(name).resolve()


DATA = data_directory()

# What /whoami/ and the pages show, so that a check can tell whose settings were served.
WSGILAB_PROJECT = "django_secondapp"
WSGILAB_SITE_NAME = "Gästebuch am Hafen"

SECRET_KEY = "django_secondapp: a fixed value for tests, worth nothing elsewhere"
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "pages",
]

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "config.site_urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "pages.context.site",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "django_secondapp.sqlite3",
        # For the reasons see the settings of django_accounts.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "CONN_MAX_AGE": 60,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Both projects may be mounted on one host name, where equal names would overwrite each other.
SESSION_COOKIE_NAME = "second_session"
CSRF_COOKIE_NAME = "second_csrf"

LANGUAGE_CODE = "de"
TIME_ZONE = "Asia/Tokyo"  # no summer time: the offset is the same all year
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
