"""The WSGI script. This folder must be on the Python path: the host's job, not ours."""

from notes import create_app

application = create_app()
