"""How answers reach a comparison: rebuilt from exact built-in types, with what else the comparison asked for.

Runs in the program's own process and is as little to be trusted as it is: what it says is an answer, which is
compared elsewhere with values that this process never saw. Values of megabytes are told by their digest.
"""

import collections.abc
import marshal
import sys
import time

MARK = "\0view"
MOST_DEPTH = 150
LARGE_TEXT, LARGE_LIST, PIECE = 1000000, 100000, 256


def plain(value, depth=0):
    """The value as exact built-in types: a Counter equals a dict and a namedtuple a tuple by anybody's rules. Ellipsis for what has no such form."""
    if depth > MOST_DEPTH:
        return ...
    kind = type(value)
    if value is None or kind in (bool, int, float, complex, str, bytes):
        return value
    for base in (list, tuple, set, frozenset):
        if kind is base or issubclass(kind, base):
            return base([plain(item, depth + 1) for item in base.__iter__(value)])
    if issubclass(kind, dict):
        return {plain(key, depth + 1): plain(item, depth + 1) for key, item in dict.items(value)}
    for base, convert in ((int, int.__int__), (float, float.__float__), (str, str.__str__)):
        if issubclass(kind, base):
            return convert(value)
    if issubclass(kind, bytes):
        return bytes.__getitem__(value, slice(None))
    if kind is bytearray:
        return bytes(value)
    if isinstance(value, collections.abc.Set) and kind.__module__ in ("builtins", "collections"):
        return {plain(item, depth + 1) for item in value}
    if kind.__module__ == "collections" and kind.__name__ in ("UserList", "UserDict", "UserString"):
        return plain(value.data, depth + 1)
    if kind.__module__ in ("fractions", "decimal") and kind.__name__ in ("Fraction", "Decimal"):
        above, below = value.as_integer_ratio()
        return above if below == 1 else above / below if (above / below).as_integer_ratio() == (above, below) else ...
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "size", 0) == 1:
        return plain(value.item(), depth + 1)
    return ...


def digest(parts, kind, count):
    """What stands for a value of megabytes: two are equal where they are so type for type."""
    import _blake2

    state = _blake2.blake2b(digest_size=16)
    for part in parts:
        state.update(part)
    return ("\0large", kind, count, state.hexdigest())


def shown(value, dumps=marshal.dumps):
    """The value itself where it is plain, its digest where it is large too."""
    kind = type(value)
    if value is None or kind in (bool, int, float, complex, bytes):
        return value
    if kind is str:
        return value if len(value) < LARGE_TEXT else digest([value.encode("utf-8", "surrogatepass")], "str", len(value))
    if kind in (list, tuple) and value:
        first = value[0]
        if len(value) * (len(first) if type(first) in (list, tuple, str) else 1) > LARGE_LIST:
            try:
                return digest((dumps(value[at:at + PIECE], 2) for at in range(0, len(value), PIECE)), kind.__name__, len(value))
            except ValueError:
                pass
    return exact(value)


def exact(value, dumps=marshal.dumps):
    """The value itself where it is plain, else what it can be rebuilt to."""
    if type(value) in (list, tuple, set, frozenset, dict):
        try:
            dumps(value, 2)
            return value
        except ValueError:
            pass
    return plain(value)


def weight(value, size=sys.getsizeof):
    """About how many bytes a value takes in a process that has unpickled it: itself and two levels of items."""
    if type(value) not in (list, tuple, set, frozenset):
        return size(value)
    return size(value) + 16 + sum(
        size(item) + (16 if type(item) in (list, tuple) else 0) for item in value)


def view(function, wanted):
    """The function with its answers told for a comparison. Wanted are letters: M the members of ``set(value)``, A the
    arguments as the call left them, S the call's seconds and the value's weight, B the bare value alone."""
    members, arguments, measured, bare = "M" in wanted, "A" in wanted, "S" in wanted, "B" in wanted
    clock = time.process_time

    def bare_call(*given, **named):
        value = function(*given, **named)
        seen = exact(value)
        return value if seen is ... else seen

    def call(*given, **named):
        began = clock() if measured else 0
        value = function(*given, **named)
        ended = clock() if measured else 0
        kind, seen = type(value), shown(value)
        if not wanted and seen is value:
            return value
        return (MARK, kind.__module__ + "." + kind.__qualname__, seen, [plain(item) for item in set(value)] if members else None,
                [plain(item) for item in given] if arguments else None, ended - began, weight(value) if measured else 0)

    return bare_call if bare else call
