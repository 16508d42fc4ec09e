"""The servers that are compared: how each is started with one application, and which version it is."""

import importlib.metadata
import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

APPLICATIONS = Path(__file__).with_name("applications.py")
# Beyond the connections: Apache closes kept connections when it has fewer threads than busy ones.
SPARE_APACHE_THREADS = 15
APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")


@dataclass(frozen=True)
class Site:
    """One application on one port."""

    callable: str
    port: int
    connections: int
    threads: int
    directory: Path  # the server's own, for its files
    script: Path = APPLICATIONS

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class Server:
    name = ""

    def version(self) -> str | None:
        """None: it is not installed."""
        raise NotImplementedError

    def command(self, site: Site) -> list[str]:
        raise NotImplementedError


def package_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def in_environment(program: str) -> str:
    return str(Path(sys.executable).with_name(program))


def mount(site: Site, group: str) -> str:
    return (
        f"WSGIScriptAlias / {site.script} process-group={group} application-group=%{{GLOBAL}} "
        f"callable-object={site.callable}\n"
        f"<Directory {site.script.parent}>\nRequire all granted\n</Directory>\n"
    )


def daemon_group(site: Site) -> str:
    return f"WSGIDaemonProcess d processes=1 threads={site.threads}\n"


class Engine(Server):
    def __init__(self, program: Path, is_daemon: bool):
        self.program = program
        self.is_daemon = is_daemon
        self.name = f"wsgilab {'daemon' if is_daemon else 'embedded'}"

    def version(self) -> str | None:
        asked = subprocess.run([self.program, "version"], capture_output=True, text=True)
        if asked.returncode != 0:
            return None
        about = json.loads(asked.stdout)
        return f"{about['engine']}, {about['build']}, Python {about['python']}"

    def command(self, site: Site) -> list[str]:
        configuration = site.directory / "wsgilab.conf"
        configuration.write_text(
            f"Listen {site.address}\nServerName localhost\nThreadsPerChild {site.threads}\n"
            f"ErrorLog {site.directory}/error.log\nWSGISocketPrefix {site.directory}/wsgi\n"
            + (daemon_group(site) if self.is_daemon else "")
            + mount(site, "d" if self.is_daemon else "%{GLOBAL}")
        )
        return [str(self.program), "serve", str(configuration)]


class Limit(Server):
    """A bare event loop around the same WSGI call: what no server can be faster than."""

    name = "limit"

    def __init__(self, program: Path):
        self.program = program

    def version(self) -> str | None:
        return "as the engine" if self.program.exists() else None

    def command(self, site: Site) -> list[str]:
        return [str(self.program), str(site.script), site.callable, str(site.port)]


class ModWsgi(Server):
    def __init__(self, origin: str, module: Path | None, is_daemon: bool):
        self.origin = origin
        self.module = module
        self.is_daemon = is_daemon
        self.name = f"mod_wsgi {origin} {'daemon' if is_daemon else 'embedded'}"

    def version(self) -> str | None:
        if not APACHE.exists() or self.module is None or not self.module.exists():
            return None
        if self.origin == "PyPI":
            return package_version("mod_wsgi")
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", "libapache2-mod-wsgi-py3"],
            capture_output=True,
            text=True,
        )
        return asked.stdout if asked.returncode == 0 else None

    def command(self, site: Site) -> list[str]:
        configuration = site.directory / "apache.conf"
        threads = max(site.threads, site.connections + SPARE_APACHE_THREADS)
        loads = "".join(
            f"LoadModule {name}_module {MODULES}/mod_{name}.so\n"
            for name in ("mpm_event", "authz_core")
        )
        configuration.write_text(
            f"ServerRoot {site.directory}\nServerName localhost\nListen {site.address}\n"
            f"PidFile {site.directory}/pid\nErrorLog {site.directory}/error.log\n"
            f"{loads}LoadModule wsgi_module {self.module}\n"
            f"User nobody\nGroup nogroup\nServerLimit 1\nStartServers 1\n"
            f"ThreadsPerChild {threads}\nThreadLimit {threads}\nMaxRequestWorkers {threads}\n"
            f"MinSpareThreads 1\nMaxSpareThreads {threads}\nAsyncRequestWorkerFactor 4\n"
            f"MaxKeepAliveRequests 0\nKeepAlive On\n"
            f"WSGISocketPrefix {site.directory}/wsgi\n"
            + (daemon_group(site) if self.is_daemon else "")
            + mount(site, "d" if self.is_daemon else "%{GLOBAL}")
        )
        return [str(APACHE), "-f", str(configuration), "-D", "FOREGROUND"]


class Uwsgi(Server):
    name = "uWSGI http11-socket"

    def version(self) -> str | None:
        return package_version("uWSGI")

    def command(self, site: Site) -> list[str]:
        return [
            in_environment("uwsgi"),
            f"--http11-socket={site.address}",
            f"--wsgi-file={site.script}",
            f"--callable={site.callable}",
            "--processes=1",
            f"--threads={site.threads}",
            "--disable-logging",
            "--master",
            "--die-on-term",
        ]


class TouchedUwsgi(Uwsgi):
    """Begins anew when its script is touched."""

    def command(self, site: Site) -> list[str]:
        return [*super().command(site), f"--touch-reload={site.script}"]


class Gunicorn(Server):
    def __init__(self, worker: str):
        self.worker = worker
        self.name = f"gunicorn {worker}"

    def version(self) -> str | None:
        return package_version("gunicorn")

    def command(self, site: Site) -> list[str]:
        threads = ["--threads", str(site.threads)] if self.worker == "gthread" else []
        return [
            in_environment("gunicorn"),
            *("--bind", site.address, "--workers", "1", "--worker-class", self.worker, *threads),
            *("--keep-alive", "5", "--chdir", str(site.script.parent), "--log-level", "warning"),
            *("--no-control-socket",) * (int(self.version().split(".")[0]) >= 25),
            f"applications:{site.callable}",
        ]


class Granian(Server):
    name = "Granian WSGI"

    def version(self) -> str | None:
        return package_version("granian")

    def command(self, site: Site) -> list[str]:
        return [
            in_environment("granian"),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(site.port)),
            *("--workers", "1", "--blocking-threads", str(site.threads), "--no-ws"),
            *("--working-dir", str(site.script.parent), "--log-level", "warning"),
            f"applications:{site.callable}",
        ]


class Bjoern(Server):
    name = "bjoern"

    def version(self) -> str | None:
        return package_version("bjoern")

    def command(self, site: Site) -> list[str]:
        program = (
            f"import sys; sys.path.insert(0, {str(site.script.parent)!r}); import applications, bjoern; "
            f"bjoern.run(applications.{site.callable}, '127.0.0.1', {site.port})"
        )
        return [sys.executable, "-c", program]


def module_of_pypi() -> Path | None:
    """Looked for beside the package: what pip notes of its files depends on how it installed them."""
    package = importlib.util.find_spec("mod_wsgi")
    if package is None or package.origin is None:
        return None
    return next(Path(package.origin).parent.glob("server/mod_wsgi-py*.so"), None)


def every(engine: Path) -> list[Server]:
    debian = MODULES / "mod_wsgi.so"
    return [
        Engine(engine, is_daemon=False),
        Engine(engine, is_daemon=True),
        Limit(engine.with_name("limit_server")),
        ModWsgi("Debian", debian, is_daemon=False),
        ModWsgi("Debian", debian, is_daemon=True),
        ModWsgi("PyPI", module_of_pypi(), is_daemon=False),
        ModWsgi("PyPI", module_of_pypi(), is_daemon=True),
        Uwsgi(),
        Gunicorn("sync"),
        Gunicorn("gthread"),
        Granian(),
        Bjoern(),
    ]
