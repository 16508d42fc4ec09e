#!/usr/bin/env python3
"""Walks the tour of an application (its tour.json) and says where an answer is not as promised.

    python verify_tour.py flask_notes --url http://127.0.0.1:8000/notes
    python verify_tour.py flask_notes --wsgiref

--wsgiref serves the application itself, checked by wsgiref.validate, mounted at / and at /m. It
needs the Python of the applications' venv, and prepares a temporary data directory unless
WSGILAB_DATA names one that is ready. Standard library only. README.md has the format of a tour.

Exit code: 0 all as promised, 1 some answer was not, 2 misuse.
"""

import argparse
import contextlib
import http.client
import http.cookies
import json
import re
import sys
import urllib.parse
from pathlib import Path

import serve_wsgiref

TOUR_KEYS = {"app", "title", "script", "project", "venv", "prepare", "settings_probe", "steps"}
BODY_KEYS = {"form", "json", "multipart", "body"}
STEP_KEYS = {"name", "method", "path", "headers", "expect", "capture", "load"} | BODY_KEYS
EXPECT_KEYS = {"status", "headers", "location", "contains", "excludes", "body", "json", "chunked"}
BOUNDARY = "wsgilab-tour-boundary"


class Mismatch(Exception):
    """An answer, or a tour, that is not as it should be."""


def load_tour(folder: Path) -> dict:
    tour = json.loads((folder / "tour.json").read_text(encoding="utf-8"))
    refuse_unknown("tour", tour, TOUR_KEYS)
    for step in tour["steps"]:
        where = f"step {step.get('name')!r}"
        refuse_unknown(where, step, STEP_KEYS)
        refuse_unknown(f"{where}: expect", step["expect"], EXPECT_KEYS)
        if len(BODY_KEYS & step.keys()) > 1:
            raise Mismatch(f"{where}: more than one of {', '.join(sorted(BODY_KEYS))}")
        if step.get("load") and (step["method"] != "GET" or "${" in json.dumps(step)):
            raise Mismatch(f"{where}: load steps are GETs without captured values")
    return tour


def refuse_unknown(where: str, found: dict, known: set) -> None:
    if unknown := found.keys() - known:
        raise Mismatch(f"{where}: unknown keys: {', '.join(sorted(unknown))}")


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.version = response.version
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Walk:
    """One visitor: cookies and captured values, carried from step to step."""

    def __init__(self, url: str):
        parts = urllib.parse.urlsplit(url)
        self.address = parts.netloc
        self.mount = parts.path.rstrip("/")
        self.cookies: dict[str, str] = {}
        self.captured: dict[str, str] = {}

    def take(self, step: dict) -> None:
        answer = self.send(step)
        check(self.fill(step["expect"]), answer, self.mount)
        for name, source in step.get("capture", {}).items():
            self.captured[name] = self.capture(source, answer)

    def send(self, step: dict) -> Answer:
        content_type, body = encode({key: self.fill(step[key]) for key in BODY_KEYS & step.keys()})
        headers = {"Content-Type": content_type} if content_type else {}
        headers.update(self.fill(step.get("headers", {})))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        connection = http.client.HTTPConnection(self.address, timeout=30)
        with contextlib.closing(connection):
            connection.request(step["method"], self.mount + self.fill(step["path"]), body, headers)
            answer = Answer(connection.getresponse())
        self.keep_cookies(answer)
        return answer

    def keep_cookies(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.coded_value

    def capture(self, source: dict, answer: Answer) -> str:
        [(kind, what)] = source.items()
        if kind == "cookie" and what in self.cookies:
            return self.cookies[what]
        if kind == "json" and what in (found := parse_json(answer)):
            return str(found[what])
        if kind == "regex" and (match := re.search(what, answer.text())):
            return match.group(1)
        raise Mismatch(f"nothing to capture: {kind} {what!r} is not in the answer")

    def fill(self, value):
        """value, with every ${name} in its texts replaced by what was captured."""
        if isinstance(value, dict):
            return {key: self.fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        if isinstance(value, str):
            return re.sub(r"\$\{(\w+)\}", self.look_up, value)
        return value

    def look_up(self, match: re.Match) -> str:
        if match.group(1) not in self.captured:
            raise Mismatch(f"{match.group(0)} was not captured by an earlier step")
        return self.captured[match.group(1)]


def encode(content: dict) -> "tuple[str | None, bytes | None]":
    """The content type and the bytes of a request that has at most one of BODY_KEYS."""
    if "form" in content:
        return "application/x-www-form-urlencoded", urllib.parse.urlencode(content["form"]).encode()
    if "json" in content:
        return "application/json", json.dumps(content["json"]).encode()
    if "multipart" in content:
        return f"multipart/form-data; boundary={BOUNDARY}", encode_multipart(content["multipart"])
    return None, content["body"].encode() if "body" in content else None


def encode_multipart(parts: dict) -> bytes:
    lines = []
    for name, value in parts.get("fields", {}).items():
        lines += [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"', "", value]
    for file in parts.get("files", []):
        names = f'name="{file["field"]}"; filename="{file["filename"]}"'
        lines += [f"--{BOUNDARY}", f"Content-Disposition: form-data; {names}"]
        lines += [f"Content-Type: {file['content_type']}", "", file["content"]]
    return "\r\n".join([*lines, f"--{BOUNDARY}--", ""]).encode()


def check(expect: dict, answer: Answer, mount: str) -> None:
    text = answer.text()
    same("status", expect["status"], answer.status, text)
    for name, value in expect.get("headers", {}).items():
        same(f"header {name}", value, answer.headers.get(name))
    if "location" in expect:
        target = urllib.parse.urlsplit(answer.headers.get("Location", "")).path
        same("Location", mount + expect["location"], target)
    for wanted in expect.get("contains", []):
        if wanted not in text:
            raise Mismatch(f"the answer lacks {wanted!r}: {shorten(text)}")
    for unwanted in expect.get("excludes", []):
        if unwanted in text:
            raise Mismatch(f"the answer must not contain {unwanted!r}: {shorten(text)}")
    if "body" in expect:
        same("body", expect["body"], text)
    for key, value in expect.get("json", {}).items():
        same(f"JSON {key}", value, parse_json(answer).get(key))
    if expect.get("chunked"):
        same("header Content-Length", None, answer.headers.get("Content-Length"))
        if answer.version >= 11:  # HTTP/1.0 has no chunks: the connection's end is the answer's
            same("header Transfer-Encoding", "chunked", answer.headers.get("Transfer-Encoding"))


def same(what: str, wanted, found, context: str = "") -> None:
    if wanted != found:
        raise Mismatch(f"{what} is {found!r}, not {wanted!r}. {shorten(context)}".rstrip(". "))


def parse_json(answer: Answer) -> dict:
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Mismatch(f"the answer is no JSON object: {shorten(answer.text())}")
    return found


def shorten(text: str, limit: int = 300) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit] + "…"


def walk_tour(tour: dict, url: str) -> bool:
    """All steps in order, then the load steps again with the cookies the tour ended with."""
    again = [{**s, "name": f"{s['name']} (again)"} for s in tour["steps"] if s.get("load")]
    walk = Walk(url)
    for step in [*tour["steps"], *again]:
        try:
            walk.take(step)
        except (Mismatch, OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            print(f"{tour['app']} at {url}: {step['name']}: {reason}", file=sys.stderr)
            return False
    print(f"{tour['app']} at {url}: {len(tour['steps'])} steps, {len(again)} load steps: fine")
    return True


def walk_with_wsgiref(folder: Path, tour: dict) -> bool:
    with serve_wsgiref.data_directory(folder, tour):
        application = serve_wsgiref.load_application(folder, tour)
        fine = True
        for mount in ("", "/m"):
            with serve_wsgiref.served(application, mount) as url:
                fine = walk_tour(tour, url) and fine
        return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="the application's folder, with its tour.json")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="where the application is mounted on a running server")
    where.add_argument("--wsgiref", action="store_true", help="serve it with wsgiref, at / and /m")
    options = parser.parse_args()
    try:
        tour = load_tour(options.folder)
    except (OSError, ValueError, KeyError, Mismatch) as error:
        parser.error(f"{options.folder}/tour.json: {error}")
    if options.wsgiref:
        return 0 if walk_with_wsgiref(options.folder, tour) else 1
    return 0 if walk_tour(tour, options.url) else 1


if __name__ == "__main__":
    sys.exit(main())
