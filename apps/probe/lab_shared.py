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
