"""Split mode: the test runs in one child, the candidate in another; what passes between them is plain data.

The judge never holds the candidate's code, the candidate never holds the test: it is asked for one call at a time.
The supervisor carries the calls over and reads every answer before the judge does.
"""

import builtins
import marshal
import os
import random

from plum_jail import program

REQUESTS = 6


class Opaque:
    """Stands for a value that is no plain data. It equals nothing."""

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    __hash__ = object.__hash__

    def __repr__(self):
        return "<" + self.name + ">"


class CandidateError(Exception):
    """The candidate raised something that is no built-in exception."""


def read_frame(read=os.read):
    """Kind and data of the next frame on the request pipe; None at its end."""
    data = read(REQUESTS, 65536)
    while data and len(data) < 5:
        data += read(REQUESTS, 65536)
    if not data:
        return None
    size = int.from_bytes(data[1:5], "little") + 5
    parts, got = [data], len(data)
    while got < size:
        part = read(REQUESTS, size - got)
        if not part:
            return None
        parts.append(part)
        got += len(part)
    data = b"".join(parts)
    return data[:1], data[5:size]


def candidate(*positional, **keywords):
    """The proxy that the test calls."""
    program.answer(b"C", marshal.dumps((program.plain(positional), program.plain(keywords)), 2))
    kind, data = read_frame()
    if kind == b"V":
        return marshal.loads(data)
    text = data.decode("utf-8", "replace")
    if kind == b"O":
        return Opaque(text)
    name, _, message = text.partition(": ")
    error = getattr(builtins, name, None)
    if isinstance(error, type) and issubclass(error, (StopIteration, StopAsyncIteration)):
        # It would end the test's own loops as if all were well: map() and next() take it for the end of the data.
        raise RuntimeError("candidate raised " + name)
    if isinstance(error, type) and issubclass(error, Exception):
        try:
            raised = error(message)
        except Exception:
            raised = CandidateError(text)
        raise raised
    raise CandidateError(text)


def run_tests(prelude, entry, first, tests):
    """Runs each test against the proxy, one frame each: P passed, F failed and why. Asked for it (A), does so again for
    the next candidate, in a new namespace: what compiled once need not be compiled, nor its process forked, again."""
    try:
        head = compile(prelude, "<prelude>", "exec", 0, True)
    except BaseException as error:
        return program.answer(b"X", program.describe(error))
    compiled = [None] * len(tests)
    while True:
        random.seed(0)
        names = {"__name__": "test", "__builtins__": builtins}
        try:
            exec(head, names)
        except BaseException as error:
            return program.answer(b"X", program.describe(error))
        names[entry] = names["candidate"] = candidate
        for at in range(first, len(tests)):
            try:
                if compiled[at] is None:
                    compiled[at] = compile(tests[at], "<test>", "exec", 0, True)
                names.pop("check", None)
                exec(compiled[at], names)
                check = names.get("check")
                if check is not None:
                    check(candidate)
            except BaseException as error:
                program.answer(b"F", program.describe(error))
            else:
                program.answer(b"P", b"")
        frame = read_frame()
        if frame is None or frame[0] != b"A":
            return
        first = frame[1][0]


def serve_calls(source, entry):
    """The candidate's side: runs the body, then makes each call it is asked for."""
    function = program.prepare(source, entry)
    while function is not None:
        frame = read_frame()
        if frame is None:
            return
        positional, keywords = marshal.loads(frame[1])
        program.make_call(function, positional, keywords)
