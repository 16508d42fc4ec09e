import hashlib

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render

from .forms import NoteForm, UploadForm
from .models import Note, StoredFile

NOTES_SHOWN = 10


@login_required
def session(request):
    return render(request, "accounts/session.html")


def users(request):
    people = get_user_model().objects.order_by("username")
    return render(request, "accounts/users.html", {"people": people})


@login_required
def notes(request):
    form = NoteForm(request.POST or None, instance=Note(owner=request.user))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"Note {saved.id} was saved.")
        return redirect("accounts:notes")
    newest = Note.objects.filter(owner=request.user)[:NOTES_SHOWN]
    return render(request, "accounts/notes.html", {"form": form, "notes": newest})


@login_required
def note(request, note_id):
    found = get_object_or_404(Note, id=note_id, owner=request.user)
    return render(request, "accounts/note.html", {"note": found})


@login_required
def files(request):
    form = UploadForm(request.POST or None, request.FILES or None)
    stored = None
    if request.method == "POST" and form.is_valid():
        stored = store(request.user, form.cleaned_data["file"])
    return render(request, "accounts/files.html", {"form": form, "stored": stored})


def store(owner, upload) -> StoredFile:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return StoredFile.objects.create(
        owner=owner,
        name=upload.name,
        size=upload.size,
        sha256=digest.hexdigest(),
        content=upload,
    )


@login_required
def download(request, file_id):
    """Sends the file through the host's wsgi.file_wrapper, where it has one."""
    found = get_object_or_404(StoredFile, id=file_id, owner=request.user)
    return FileResponse(found.content.open("rb"), as_attachment=True, filename=found.name)
