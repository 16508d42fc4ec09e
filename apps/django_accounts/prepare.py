#!/usr/bin/env python3
"""Makes the database of django_accounts below $WSGILAB_DATA afresh, the same every time."""

import datetime
import os
import shutil

import django

PEOPLE = [
    ("ada", "Ada", "Lovelace"),
    ("alan", "Alan", "Turing"),
    ("barbara", "Barbara", "Liskov"),
    ("dennis", "Dennis", "Ritchie"),
    ("donald", "Donald", "Knuth"),
    ("edsger", "Edsger", "Dijkstra"),
    ("frances", "Frances", "Allen"),
    ("grace", "Grace", "Hopper"),
    ("katherine", "Katherine", "Johnson"),
    ("ken", "Ken", "Thompson"),
    ("margaret", "Margaret", "Hamilton"),
    ("radia", "Radia", "Perlman"),
]
ADMINISTRATOR = "grace"
# As long as Django asks for: with a shorter one the first login would store the password anew,
# which ends the sessions that the same user began meanwhile.
SALT = "aFixedSaltThatIsLongEnough"
JOINED = datetime.datetime(2025, 1, 1, 12, tzinfo=datetime.timezone.utc)


def password_of(username: str) -> str:
    return f"{username}-test-only"


def remove_previous() -> None:
    from django.conf import settings

    database = settings.DATABASES["default"]["NAME"]
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    settings.MEDIA_ROOT.mkdir()


def add_people() -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    User.objects.bulk_create(
        User(
            username=username,
            first_name=first,
            last_name=last,
            email=f"{username}@example.org",
            password=make_password(password_of(username), salt=SALT),
            is_staff=username == ADMINISTRATOR,
            is_superuser=username == ADMINISTRATOR,
            date_joined=JOINED + datetime.timedelta(days=day),
        )
        for day, (username, first, last) in enumerate(PEOPLE)
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    remove_previous()

    from django.core.management import call_command
    from django.db import connection

    connection.cursor().execute("PRAGMA synchronous=OFF")  # until here nothing is worth keeping
    call_command("migrate", verbosity=0)
    add_people()


if __name__ == "__main__":
    main()
