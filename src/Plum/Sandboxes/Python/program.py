"""What runs in a child: the program, its calls, and its answers as marshal data that the parent reads with its own reader.

Nothing here is trusted: the program shares this process and may rewrite all of it. An answer is only an answer;
the expected values are elsewhere.
"""

import marshal
import os
import sys
from types import ModuleType

JOB, ANSWERS, NULL = 0, 3, 5
MOST_DEPTH = 200
MOST_TEXT = 1000
UNCAUGHT = 113


def plain(value, depth=0):
    """The value rebuilt from exact built-in types; whatever else it holds becomes Ellipsis, which equals no expected value."""
    if depth > MOST_DEPTH:
        return ...
    kind = type(value)
    if value is None or kind in (bool, int, float, complex, str, bytes):
        return value
    if kind in (list, tuple, set, frozenset):
        return kind([plain(item, depth + 1) for item in value])
    if kind is dict:
        return {plain(key, depth + 1): plain(item, depth + 1) for key, item in value.items()}
    return ...


def encode(value, dumps=marshal.dumps):
    """marshal data (version 2) of the value. marshal itself insists on exact types, save that it writes buffers as bytes."""
    try:
        data = dumps(value, 2)
        if b"s" not in data and b"c" not in data and b"S" not in data:
            return b"V", data
    except ValueError:
        pass
    value = plain(value) if type(value) is not type(...) else ...
    return b"V", dumps(value, 2)


def describe(error):
    """An exception as ``TypeError: text``, cut."""
    try:
        return (type(error).__name__ + ": " + str(error))[:MOST_TEXT].encode("utf-8", "replace")
    except BaseException:
        return type(error).__name__.encode("utf-8", "replace")


def answer(kind, data, write=os.write):
    """Writes one frame: kind, length, data."""
    frame = kind + len(data).to_bytes(4, "little") + data
    sent = write(ANSWERS, frame)
    while sent < len(frame):
        frame = frame[sent:]
        sent = write(ANSWERS, frame)


def prepare(source, entry):
    """Runs the program's body and finds its entry point (Y no Python, X it raised, B it ran); None where it failed."""
    try:
        code = compile(source, "<program>", "exec", 0, True)
    except BaseException as error:
        return answer(b"Y", describe(error))
    module = ModuleType("candidate")
    sys.modules["candidate"] = module
    names = module.__dict__
    try:
        exec(code, names)
        function = names[entry] if entry in names else eval(entry, names)
    except BaseException as error:
        return answer(b"X", describe(error))
    answer(b"B", b"")
    return function


def make_call(function, positional, keywords):
    """Makes one call and answers: V value, O opaque, E raised. True where it returned."""
    try:
        value = function(*positional, **keywords)
        kind = type(value)
        if value is None or kind in (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict):
            frame = encode(value)
        else:
            frame = b"O", kind.__name__.encode("utf-8", "replace")
    except BaseException as error:
        answer(b"E", describe(error))
        return False
    answer(*frame)
    return True


def call_functions(source, entry, calls, stop):
    """Runs the program's body, then each call."""
    function = prepare(source, entry)
    if function is None:
        return
    for positional, keywords in calls:
        if not make_call(function, positional, keywords) and stop:
            return


def feed(text):
    """Makes the text the standard input: a file in memory, so that nothing can block."""
    source = os.memfd_create("stdin")
    view = memoryview(text)
    while view:
        view = view[os.write(source, view):]
    os.lseek(source, 0, 0)
    os.dup2(source, 0)
    os.close(source)


def run_script(source):
    """Runs the program as a script whose standard output goes to the parent as it is. An exit, whatever its code, is an end; an exception that nobody caught is a failure."""
    os.dup2(ANSWERS, 1)
    module = ModuleType("__main__")
    module.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = module
    sys.argv = ["program"]
    status = 0
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    try:
        exec(compile(source, "<program>", "exec", 0, True), module.__dict__)
    except SystemExit:
        pass
    except BaseException as error:
        status = UNCAUGHT
        os.write(2, describe(error) + b"\n")
    try:
        finish(module)
    except BaseException:
        status = UNCAUGHT
    return status


def finish(module):
    """What the interpreter does at its end: waits for threads, runs exit handlers, drops what flushes when it is dropped."""
    import atexit, gc, threading

    threading._shutdown()
    atexit._run_exitfuncs()
    output = sys.stdout
    module.__dict__.clear()
    gc.collect()
    for stream in (output, sys.__stdout__):
        if not getattr(stream, "closed", False):
            stream.flush()


def read_job(number, read=os.read):
    """The job; None at the end of the pipe, when the supervisor is gone, and where it is meant for another child."""
    data = read(JOB, 65536)
    if len(data) < 8 or int.from_bytes(data[4:8], "little") != number:
        return None
    size = int.from_bytes(data[:4], "little") + 8
    if len(data) < size:
        parts = [data]
        got = len(data)
        while got < size:
            part = read(JOB, min(size - got, 1 << 20))
            if not part:
                return None
            parts.append(part)
            got += len(part)
        data = b"".join(parts)
    return marshal.loads(memoryview(data)[8:])
