from django.contrib import admin

from .models import Note, StoredFile


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    list_display = ["title", "owner", "written"]
    list_select_related = ["owner"]
    search_fields = ["title"]


@admin.register(StoredFile)
class StoredFileAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "size", "sha256"]
    list_select_related = ["owner"]
