"""The surroundings in which EvalPlus runs a program (eval/__init__.py and eval/utils.py, 26d6d00): no file can be opened,
nothing is read, output goes nowhere, nothing exits, and a call that takes too long meets an exception that it may catch.
A program that stumbles over any of it there is to stumble here.
"""

import _signal
import builtins
import io
import os
import sys
import time

from plum_jail import view

CALL_SECONDS = 4.0
ABSENT_IN_OS = """
    kill system putenv remove removedirs rmdir fchdir setuid fork forkpty killpg rename renames truncate replace unlink
    fchmod fchown chmod chown chroot lchflags lchmod lchown getcwd chdir
""".split()
ABSENT_MODULES = "ipdb joblib resource psutil tkinter".split()


class WriteOnlyStringIO(io.StringIO):
    def read(self, *args, **kwargs):
        raise OSError

    def readline(self, *args, **kwargs):
        raise OSError

    def readlines(self, *args, **kwargs):
        raise OSError

    def readable(self, *args, **kwargs):
        return False


class TimeoutException(Exception):
    pass


def expire(signal, frame):
    raise TimeoutException("Timed out!")


def guard(source):
    """EvalPlus's reliability_guard. What it takes from two modules is taken where a program names them: importing them costs more than most programs."""
    for name in ABSENT_IN_OS:
        setattr(os, name, None)
    for name in ("exit", "quit", "open", "help"):
        setattr(builtins, name, None)
    if "shutil" in source:
        import shutil
        shutil.rmtree = shutil.move = shutil.chown = None
    if "subprocess" in source:
        import subprocess
        subprocess.Popen = None
    for name in ABSENT_MODULES:
        sys.modules[name] = None
    sys.argv = ["evalplus.evaluate", "--samples", "samples.jsonl"]


def load(source, entry, wanted, slow, recursion):
    """Runs a program's body; its entry point, each call within its time and its answers told as view tells them."""
    names = {}
    guard(source)
    sys.stdout = sys.stderr = sys.stdin = WriteOnlyStringIO()
    sys.setrecursionlimit(recursion)
    exec(compile(source, "<string>", "exec", 0, True), names)
    function = names[entry]
    timer, stream, clock = _signal.setitimer, WriteOnlyStringIO, time.process_time
    BUSY, IDLE = _signal.ITIMER_PROF, _signal.ITIMER_REAL
    made, began, limit = -1, 0, 0

    def doze(signal, frame):
        # Elapsed time counts where a call sleeps through it: one that merely waits for a core gets more than this.
        if clock() - began < limit / 100:
            expire(signal, frame)

    def call(*given):
        nonlocal made, began, limit
        made += 1
        began, limit = clock(), slow.get(made, CALL_SECONDS)
        sys.stdout = sys.stderr = sys.stdin = stream()
        timer(BUSY, limit)
        timer(IDLE, limit, limit)
        try:
            return function(*given)
        finally:
            timer(BUSY, 0)
            timer(IDLE, 0)

    _signal.signal(_signal.SIGPROF, expire)
    _signal.signal(_signal.SIGALRM, doze)
    return view.view(call, wanted)
