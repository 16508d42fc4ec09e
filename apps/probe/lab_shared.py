"""A module that two applications import: what one leaves in it, does the other find?"""

import contextvars
import functools
import threading

value = None
local = threading.local()
variable = contextvars.ContextVar("variable", default=None)


@functools.lru_cache
def cached(word):
    return word


def start_thread(**words):
    """One that nobody waits for; in an interpreter with a GIL of its own, where Python has no such, an ordinary one."""
    try:
        thread = threading.Thread(daemon=True, **words)
    except RuntimeError:
        thread = threading.Thread(daemon=False, **words)
    thread.start()
