#!/usr/bin/env python3
"""Makes the database of django_secondapp below $WSGILAB_DATA afresh, the same every time."""

import datetime
import os

import django

WRITTEN = datetime.datetime(2025, 3, 1, 12, tzinfo=datetime.timezone.utc)
ENTRIES = [
    ("Johanna", "Ein schöner Abend am Wasser, wir kommen wieder."),
    ("Emil", "Die Fähre hatte Verspätung, der Kuchen nicht."),
    ("Greta", "Grüße aus Kiel!"),
]


def remove_previous() -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]["NAME"]
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def add_entries() -> None:
    from pages.models import Entry

    Entry.objects.bulk_create(
        Entry(name=name, text=text, written=WRITTEN + datetime.timedelta(days=day))
        for day, (name, text) in enumerate(ENTRIES)
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    remove_previous()

    from django.core.management import call_command
    from django.db import connection

    connection.cursor().execute("PRAGMA synchronous=OFF")  # until here nothing is worth keeping
    call_command("migrate", verbosity=0)
    add_entries()


if __name__ == "__main__":
    main()
