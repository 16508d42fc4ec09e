"""Notes: pages, a JSON API and a streamed export over one SQLite file."""

import os
from pathlib import Path

from flask import Flask

from . import api, pages, store


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["DATABASE"] = str(data_directory() / "flask_notes.sqlite3")
    app.config["SECRET_KEY"] = "flask_notes: a fixed value for tests, worth nothing elsewhere"
    app.teardown_appcontext(store.close_connection)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(api.blueprint)
    return app


def data_directory() -> Path:
    name = os.environ.get("WSGILAB_DATA", "")
    if not name or not Path(name).is_dir():
        raise RuntimeError(
            f"flask_notes: WSGILAB_DATA is {name!r}: set it to an existing directory"
            " and fill that with prepare.py"
        )
    return Path(name).resolve()
