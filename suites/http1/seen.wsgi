"""Remembers what it is asked, one line a request: what has come through, whatever the client was told.

/seen answers with the lines and forgets them. /begin does the same, and what was asked before it and
comes to its end only behind it is remembered as what it is: of before.
"""

SEEN = []
BEGUN = [0]
# What a request must not have smuggled in; said where it is there, and not what it always is.
SHOWN = {
    "HTTP_HOST": "shapes.example",
    "HTTP_CONTENT_LENGTH": None,
    "HTTP_TRANSFER_ENCODING": "chunked",
    "HTTP_X_FORWARDED_FOR": None,
    "HTTP_X_FORWARDED_FOR_": None,
    "HTTP_PROXY": None,
    "HTTP_X": None,
    "HTTP_X_Y": None,
}


# With one of these a body ends: read() does not wait for more.
ENDS = ("wsgi.input_terminated", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")


def body_of(environ):
    has_end = any(environ.get(name) for name in ENDS)
    length = environ.get("CONTENT_LENGTH")
    try:
        return environ["wsgi.input"].read(*([int(length)] if length else [])) if has_end else b""
    except (OSError, ValueError):
        return b"<cut>"


def line_of(environ):
    query = environ.get("QUERY_STRING")
    target = environ["PATH_INFO"] + (f"?{query}" if query else "")
    body = body_of(environ)
    facts = [environ["REQUEST_METHOD"], target, f"[{body.decode('latin-1')}]"]
    length = environ.get("CONTENT_LENGTH")
    if length and body != b"<cut>" and int(length) != len(body):
        facts.append(f"CONTENT_LENGTH={length}")
    for name, usual in SHOWN.items():
        if name in environ and environ[name] != usual:
            facts.append(f"{name}={environ[name]}")
    return ascii(" ".join(facts))[1:-1]


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path in ("/seen", "/begin"):
        BEGUN[0] += path == "/begin"
        body = "".join(line + "\n" for line in SEEN).encode()
        SEEN.clear()
    else:
        begun = BEGUN[0]
        line = line_of(environ)
        SEEN.append(line if begun == BEGUN[0] else f"of before: {line}")
        body = b"seen\n"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
