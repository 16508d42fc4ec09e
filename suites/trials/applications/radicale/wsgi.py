from radicale import application  # noqa: F401
