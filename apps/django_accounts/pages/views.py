import os
import sys
import time

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render


def home(request):
    return render(request, "pages/home.html")


def whoami(request):
    """Whose settings this interpreter serves, and what time zone it and its process live in."""
    return JsonResponse(
        {
            "project": settings.WSGILAB_PROJECT,
            "settings_module": settings.SETTINGS_MODULE,
            "settings_file": sys.modules[settings.SETTINGS_MODULE].__file__,
            "time_zone": settings.TIME_ZONE,
            "tz_env": os.environ.get("TZ"),
            "utc_offset": time.strftime("%z"),  # of the process: the C library's, shared by all
            "urlconf": settings.ROOT_URLCONF,
        }
    )
