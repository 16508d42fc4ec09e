import os
import sys
import time

from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .forms import EntryForm
from .models import Entry

ENTRIES_SHOWN = 10


def home(request):
    return render(request, "pages/home.html")


def guestbook(request):
    form = EntryForm(request.POST or None, instance=Entry(written=timezone.now()))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"Eintrag {saved.id} ist gespeichert.")
        return redirect("pages:guestbook")
    newest = Entry.objects.all()[:ENTRIES_SHOWN]
    return render(request, "pages/guestbook.html", {"form": form, "entries": newest})


def entry(request, entry_id):
    return render(request, "pages/entry.html", {"entry": get_object_or_404(Entry, id=entry_id)})


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
