"""The servers that are sent malformed requests: Apache with mod_wsgi, nginx, the engine.

Each serves seen.wsgi on a free port of the loopback and ends with its context. nginx hands on to a
WSGI server of the standard library, so that what comes through it is seen, too.
"""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import wsgiref.simple_server
from pathlib import Path

APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
NGINX = Path("/usr/sbin/nginx")
SCRIPT = Path(__file__).with_name("seen.wsgi")
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
PATIENCE = 15  # seconds


class Refused(Exception):
    """A host that does not start; the text is its message."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def output_of(*argv) -> str | None:
    try:
        asked = subprocess.run(argv, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return asked.stdout + asked.stderr if asked.returncode == 0 else None


class Host:
    """A host: a context that starts it in a directory and ends it with all that it started."""

    name = ""

    def version(self) -> str | None:
        """None: it is not installed."""
        raise NotImplementedError

    def command(self, directory: Path) -> list[str]:
        raise NotImplementedError

    def start(self, directory: Path) -> "Host":
        self.port = free_port()
        self.log = directory / f"{type(self).__name__}.log"
        with open(self.log, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                self.command(directory),
                env=ENVIRONMENT,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                **self.kept(),
            )
        return self

    def kept(self) -> dict:
        return {}

    def __enter__(self):
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Refused(f"{self.name}: {self.log.read_text(errors='replace')[-500:]}")
            time.sleep(0.01)  # between two looks; the deadline above ends it

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Apache(Host):
    name = "Apache"

    def version(self) -> str | None:
        about = output_of(APACHE, "-v")
        module = output_of("dpkg-query", "-W", "-f", "${Version}", "libapache2-mod-wsgi-py3")
        if not about or not module or not (MODULES / "mod_wsgi.so").exists():
            return None
        return f"{re.search(r'Apache/([0-9.]+)', about)[1]} with mod_wsgi {module.split('-')[0]}"

    def command(self, directory: Path) -> list[str]:
        modules = ("mpm_event", "authz_core", "reqtimeout", "wsgi")
        configuration = directory / "apache.conf"
        configuration.write_text(
            f"ServerRoot {directory}\nServerName localhost\nListen 127.0.0.1:{self.port}\n"
            f"PidFile {directory}/apache.pid\nErrorLog {directory}/error.log\n"
            + "".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so\n" for m in modules)
            + "ServerLimit 1\nStartServers 1\nThreadsPerChild 15\nMaxRequestWorkers 15\n"
            "MinSpareThreads 1\nMaxSpareThreads 15\nWSGIChunkedRequest On\n"
            f"WSGIScriptAlias / {SCRIPT}\nWSGIApplicationGroup %{{GLOBAL}}\n"
            f"<Directory {SCRIPT.parent}>\nRequire all granted\n</Directory>\n"
        )
        return [str(APACHE), "-DFOREGROUND", "-f", str(configuration)]


class Upstream(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


class Nginx(Host):
    name = "nginx"

    def version(self) -> str | None:
        about = output_of(NGINX, "-v")
        return re.search(r"nginx/([0-9.]+)", about)[1] if about else None

    def command(self, directory: Path) -> list[str]:
        namespace: dict = {}
        exec(compile(SCRIPT.read_text(encoding="utf-8"), SCRIPT, "exec"), namespace)
        self.upstream = wsgiref.simple_server.make_server(
            "127.0.0.1", 0, namespace["application"], handler_class=Upstream
        )
        self.serving = threading.Thread(target=self.upstream.serve_forever, args=(0.05,))
        self.serving.start()
        configuration = directory / "nginx.conf"
        paths = "".join(
            f"{kind}_temp_path {directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        configuration.write_text(
            f"daemon off;\nmaster_process off;\npid {directory}/nginx.pid;\n"
            f"error_log {directory}/nginx-error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{paths}server {{\nlisten 127.0.0.1:{self.port};\n"
            f"location / {{\nproxy_pass http://127.0.0.1:{self.upstream.server_port};\n"
            "proxy_set_header Host $host;\n}\n}\n}\n"
        )
        log = directory / "nginx-error.log"
        return [str(NGINX), "-e", str(log), "-c", str(configuration), "-p", str(directory)]

    def stop(self) -> None:
        super().stop()
        self.upstream.shutdown()
        self.upstream.server_close()
        self.serving.join()


class Engine(Host):
    name = "wsgilab"

    def __init__(self, program: Path):
        self.program = program

    def version(self) -> str | None:
        about = output_of(self.program, "version")
        return json.loads(about)["engine"] if about else None

    def kept(self) -> dict:
        return {"pass_fds": [self.ready_writer]}

    def command(self, directory: Path) -> list[str]:
        self.ready, self.ready_writer = os.pipe()
        configuration = directory / "wsgilab.conf"
        configuration.write_text(
            f"Listen 127.0.0.1:{self.port}\nServerName localhost\nWSGIChunkedRequest On\n"
            f"WSGIScriptAlias / {SCRIPT} application-group=%{{GLOBAL}}\n"
            f"<Directory {SCRIPT.parent}>\nRequire all granted\n</Directory>\n"
        )
        return [
            str(self.program),
            "serve",
            str(configuration),
            "--ready-fd",
            str(self.ready_writer),
        ]

    def wait_until_ready(self) -> None:
        os.close(self.ready_writer)
        with os.fdopen(self.ready, "rb") as ready:
            readable, _, _ = select.select([ready], [], [], PATIENCE)
            if not readable or not ready.readline():
                raise Refused(f"{self.name}: {self.log.read_text(errors='replace')[-500:]}")
