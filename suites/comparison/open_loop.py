"""Clients with a schedule: requests are due at a constant rate, however late the server is.

Each client is a thread with a connection that it keeps. Whichever is free takes the next request that is
due, so that a server which stalls has as many of them waiting as there are clients, and more behind them.
What counts as lost is what a person would see: no connection, no answer, half an answer, or a status that
is not 200. A connection that the server has closed before a request is sent on it is opened anew, as every
client does; one that is closed under a request that was just sent is a loss.
"""

import http.client
import select
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Told:
    """What clients saw; `losses` by kind, with the first words of each."""

    answered: int = 0
    losses: Counter = field(default_factory=Counter)
    latest: str = ""  # body
    slowest: float = 0.0  # seconds, from the moment it was due


class OpenLoop:
    """Asks GET / of an address, `rate` times a second, until it is told to stop."""

    def __init__(self, address: tuple[str, int], rate: float, clients: int):
        self.address = address
        self.rate = rate
        self.told = Told()
        self._lock = threading.Condition()  # notified of every answer and every loss
        self._next = 0
        self._begin = time.monotonic()
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on_and_on) for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *ignored):
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether what clients were told has made it true; looked at behind every answer."""
        with self._lock:
            return self._lock.wait_for(condition, seconds)

    def _take_due(self) -> float:
        with self._lock:
            due = self._begin + self._next / self.rate
            self._next += 1
        return due

    def _ask_on_and_on(self) -> None:
        connection = None
        while not self._is_over.is_set():
            due = self._take_due()
            self._is_over.wait(max(0.0, due - time.monotonic()))
            if connection is not None and is_closed(connection):
                connection.close()
                connection = None
            connection = self._ask(connection, due)
        if connection is not None:
            connection.close()

    def _ask(self, connection, due: float):
        """The connection, if it may be used again."""
        try:
            if connection is None:
                connection = http.client.HTTPConnection(*self.address, timeout=60)
                connection.connect()
            connection.request("GET", "/")
            answer = connection.getresponse()
            body = answer.read()
            problem = "" if answer.status == 200 else f"status {answer.status}"
            is_kept = not answer.will_close
        except ConnectionRefusedError:
            problem, body, is_kept = "refused", b"", False
        except (OSError, http.client.HTTPException) as error:
            problem, body, is_kept = type(error).__name__, b"", False
        with self._lock:
            if problem:
                self.told.losses[problem] += 1
            else:
                self.told.answered += 1
                self.told.latest = body.decode()
                self.told.slowest = max(self.told.slowest, time.monotonic() - due)
            self._lock.notify_all()
        if is_kept:
            return connection
        connection.close()
        return None


def is_closed(connection: http.client.HTTPConnection) -> bool:
    if connection.sock is None:
        return True
    readable, _, _ = select.select([connection.sock], [], [], 0)
    return bool(readable)  # nothing is due: it is the end
