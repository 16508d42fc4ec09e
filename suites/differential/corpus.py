"""Sites of the corpus: a configuration, and in the comments at its head what it needs and is asked.

hosts/directives/testdata/sites/README.md has the format of those comments. Standard library only.
"""

import shlex
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

MARK = "#:"


class Malformed(Exception):
    """A head that is not as the format says; the text is file:line: what."""


@dataclass(frozen=True)
class Request:
    text: str  # as it stands in the head: its name in records and deviations
    method: str
    url: str
    host: str  # the Host header
    target: str  # path and query, as they are sent
    port: int  # the one connected to
    headers: tuple[tuple[str, str], ...]

    @property
    def is_told_by_its_url(self) -> bool:
        """Who knows the URL alone knows all of it."""
        usual_port = urllib.parse.urlsplit(self.url).port or 80
        return self.method == "GET" and not self.headers and self.port == usual_port


@dataclass(frozen=True)
class Script:
    path: Path
    kind: str  # script, dispatch or handler
    settings: dict[str, str]


@dataclass
class Site:
    path: Path
    about: str = ""
    needs: str = ""  # empty: what every mod_wsgi has
    scripts: list[Script] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    directories: list[Path] = field(default_factory=list)
    links: dict[Path, str] = field(default_factory=dict)
    environments: list[Path] = field(default_factory=list)
    texts: dict[Path, list[str]] = field(default_factory=dict)  # .htaccess and included files
    requests: list[Request] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def recorded(self) -> Path:
        """Where stands what Apache answered."""
        return self.path.with_suffix(".apache.json")


def request_of(text: str) -> Request:
    """GET http://name[:port]/path [@PORT] [Header: value]…"""
    method, url, *rest = text.split()
    parts = urllib.parse.urlsplit(url)
    target = url.partition(parts.netloc)[2] or "/"
    port = parts.port or 80
    if rest and rest[0].startswith("@"):
        port = int(rest.pop(0)[1:])
    headers: list[tuple[str, str]] = []
    for word in rest:
        if word.endswith(":"):
            headers.append((word[:-1], ""))
        else:
            name, value = headers.pop()
            headers.append((name, f"{value} {word}".strip()))
    return Request(text, method, url, parts.netloc, target, port, tuple(headers))


def script_of(kind: str, text: str) -> Script:
    path, *settings = shlex.split(text)
    return Script(Path(path), kind, dict(setting.split("=", 1) for setting in settings))


def add(site: Site, what: str, rest: str) -> None:
    if what == "about":
        site.about = rest
    elif what == "needs":
        site.needs = rest
    elif what in ("script", "dispatch", "handler"):
        site.scripts.append(script_of(what, rest))
    elif what == "file":
        site.files.append(Path(rest))
    elif what == "directory":
        site.directories.append(Path(rest))
    elif what == "link":
        path, target = rest.split()
        site.links[Path(path)] = target
    elif what == "venv":
        site.environments.append(Path(rest))
    elif what in ("htaccess", "include-file"):
        path, _, line = rest.partition(" | ")
        site.texts.setdefault(Path(path), []).append(line)
    elif what == "request":
        site.requests.append(request_of(rest))
    else:
        raise ValueError(f"{what} is nothing that a head may say")


def read_site(path: Path) -> Site:
    site = Site(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.startswith(MARK):
            break
        what, _, rest = line[len(MARK) :].strip().partition(" ")
        try:
            add(site, what, rest.strip())
        except (ValueError, IndexError) as error:
            raise Malformed(f"{path}:{number}: {error}") from error
    if not site.about or not site.requests:
        raise Malformed(f"{path}:1: the head must have `about` and at least one `request`")
    return site


def read_corpus(folder: Path) -> list[Site]:
    return [read_site(path) for path in sorted(folder.glob("*.conf"))]
