"""The JSON API: create, list, get."""

from flask import Blueprint, jsonify, request, url_for

from . import store

LISTED = 20
blueprint = Blueprint("api", __name__, url_prefix="/api/notes")


def as_json(row) -> dict:
    return {
        "id": row["id"],
        "title": row["title"],
        "body": row["body"],
        "url": url_for("api.get", note_id=row["id"]),
    }


@blueprint.get("")
def newest():
    return jsonify(notes=[as_json(row) for row in store.newest(LISTED)])


@blueprint.post("")
def create():
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        return jsonify(error="send a JSON object"), 400
    title, body = sent.get("title"), sent.get("body", "")
    if not (isinstance(title, str) and title and isinstance(body, str)):
        return jsonify(error="title must be a text that is not empty, body a text"), 400
    note_id = store.add(title, body)
    made = as_json({"id": note_id, "title": title, "body": body})
    return jsonify(made), 201, {"Location": made["url"]}


@blueprint.get("/<int:note_id>")
def get(note_id):
    found = store.find(note_id)
    if found is None:
        return jsonify(error="no such note"), 404
    return jsonify(as_json(found))
