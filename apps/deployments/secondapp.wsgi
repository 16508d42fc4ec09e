"""django_secondapp for a group that it shares: its project comes first on this interpreter's path."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(__file__)), "django_secondapp"))
# Not setdefault: this interpreter copied the process's environment, with the other project's choice.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from config.wsgi import application  # noqa: E402, F401
