"""What people see, and the export, which is sent while it is being read."""

import json

from flask import Blueprint, Response, abort, render_template, stream_with_context

from . import store

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home():
    return render_template("home.html", notes=store.pinned().fetchall())


@blueprint.get("/notes/<int:note_id>")
def note(note_id):
    found = store.find(note_id)
    if found is None:
        abort(404)
    return render_template("note.html", note=found)


@blueprint.get("/export")
def export():
    """One chunk per pinned note, of a length nobody knows before the end."""

    def lines():
        for row in store.pinned():
            yield json.dumps({"id": row["id"], "title": row["title"]}) + "\n"

    return Response(stream_with_context(lines()), mimetype="application/x-ndjson")


@blueprint.app_errorhandler(404)
def not_found(_error):
    return render_template("not_found.html"), 404
