"""The jail's warmed fork server: builds the jail around itself, then forks one child a program.

Descriptors: 0 jobs from the supervisor, read by children only, so that this process never holds a program or its
inputs; 1 /dev/null; 2 diagnostics; 3 answers, written by children only; 4 control, written by this process only;
5 /dev/null for reading; 6 requests to a running child, in split mode and to a compiler that stays. A control record is: wait status, CPU microseconds, peak memory in KiB, the next child.
"""

import gc
import marshal
import os
import resource
import struct
import sys

from plum_jail import filters, judge, landlock, linux, namespaces, program, toolchain

CONTROL = 4
SHARED = (2, program.ANSWERS, judge.REQUESTS)
RECORD = struct.Struct("<iqqi")


def library_folders():
    """Where this interpreter's modules and their shared libraries lie."""
    folders = [path for path in sys.path if os.path.isabs(path)]
    folders += ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"]
    folders += [os.path.join(sys.base_prefix, "lib")]
    folders += ["/usr/share/zoneinfo"]
    kept = []
    for path in sorted(set(folders)):
        if os.path.isdir(path) and not any(path.startswith(other + "/") for other in kept):
            kept.append(path)
    return kept


DEVICES = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"]
FILES = ["/etc/ld.so.cache", "/etc/localtime"]


def warm(sample, calls):
    """Runs representative trusted code once, so that children fault fewer pages and find their modules loaded."""
    import bisect, collections, copy, datetime, functools, heapq, itertools, math, operator, random, re, string, typing  # noqa

    write, program.answer = program.answer, lambda kind, data: None
    try:
        for _ in range(3):
            program.call_functions(sample, "sample", calls, False)
    finally:
        program.answer = write
        sys.modules.pop("candidate", None)
    random.seed(0)


def build(options):
    """Puts on every layer this machine allows, outermost first; says which."""
    layers = {}
    readable, writing, running = library_folders(), options["writing"], options["running"]
    if options["namespaces"]:
        visible = readable + DEVICES + FILES + options["readable"] + options["executable"]
        if running:
            visible += ["/proc", "/usr", "/etc/alternatives", "/sys/devices/system/cpu"]
        try:
            process = None
            if os.geteuid() == 0:
                process = os.open("/proc/self", os.O_PATH | os.O_CLOEXEC)
                namespaces.enter_as_root(visible)
                layers["user"] = namespaces.drop_user(options["user"])
                namespaces.enter_user_namespace(process)
                os.close(process)
            else:
                namespaces.enter_as_user(visible)
            layers["namespaces"] = True
        except OSError as error:
            layers["refused"] = str(error)
            return layers
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    rules = None
    if options["filters"]:
        layers["landlock"] = landlock.abi()
        if layers["landlock"] and not running:
            rules = landlock.ruleset(readable + FILES + options["readable"], DEVICES, options["executable"], [])
            layers["border"] = landlock.scope_only()
        if linux.ARCHITECTURE:
            layers["seccomp"] = True
    if os.geteuid() == 0:
        hold_folders()
        layers["user"] = namespaces.drop_user(options["user"])
    if rules is not None:
        landlock.restrict(rules)
        os.close(rules)
    return layers


def hold_folders():
    """Folders that only root may reach, such as a Python in root's home, stay importable through open descriptors."""
    for at, path in enumerate(sys.path):
        if not os.path.isdir(path) or reachable(path):
            continue
        held = "/proc/self/fd/%d" % os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        sys.path[at] = held
        for module in list(sys.modules.values()):
            if hasattr(module, "__path__"):
                module.__path__ = [held + folder[len(path):] if folder.startswith(path + "/") else folder
                                   for folder in module.__path__]
    sys.path_importer_cache.clear()


def reachable(path):
    """True where another user may walk down to a folder."""
    while path != "/":
        if not os.stat(path).st_mode & 1:
            return False
        path = os.path.dirname(path)
    return True


def limits(options):
    """The limits that every child inherits; hard, so that none can be raised."""
    for kind, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_STACK, options["stack"]),
                        (resource.RLIMIT_NOFILE, options["files"]), (resource.RLIMIT_MEMLOCK, 0),
                        (resource.RLIMIT_MSGQUEUE, 0)):
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))


def serve(options):
    """Builds the jail, reports it, then forks for ever: a child waits for each job before it is sent."""
    warm(options["sample"], options["calls"])
    parent = os.getppid()
    layers = build(options)
    if "refused" not in layers:
        limits(options)
    threads = options["threads"] if layers.get("namespaces") or layers.get("user") else None
    border = layers.pop("border", None)
    seccomp = layers.get("seccomp")
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    linux.prctl(linux.PR_SET_PDEATHSIG, linux.SIGKILL)
    if os.getppid() != parent and os.getppid() != 0:
        os._exit(0)
    report = marshal.dumps(layers, 2)
    os.write(CONTROL, len(report).to_bytes(4, "little") + report)
    if "refused" in layers:
        os._exit(0)
    if threads:
        resource.setrlimit(resource.RLIMIT_NPROC, (threads, threads))
    inner = filters.child(options["writing"], options["running"]) if seccomp else None
    if seccomp:
        filters.install(filters.jail(options["writing"], options["running"]))
    child = Child(border, inner, options)
    flags = linux.SIGCHLD | (linux.CLONE_NEWPID if layers.get("namespaces") else 0)
    flags |= linux.CLONE_NEWNS if options["writing"] else 0
    gc.collect()
    gc.freeze()
    syscall, clone, wait, write, pack = linux.syscall, linux.NUMBER["clone"], os.wait4, os.write, RECORD.pack
    status = microseconds = memory = 0
    while True:
        child.number += 1
        pid = syscall(clone, flags, 0, 0, 0, 0, 0)
        if pid == 0:
            child.run()
        write(CONTROL, pack(status, microseconds, memory, pid))
        if pid < 0:
            os._exit(1)
        _, status, usage = wait(pid, 0)
        microseconds = int((usage.ru_utime + usage.ru_stime) * 1000000)
        memory = usage.ru_maxrss


class Child:
    """Everything a child does before the program: prepared in the fork server, so that it is a few system calls."""

    def __init__(self, border, inner, options):
        self.number = 0
        self.writing = options["writing"]
        self.readable = library_folders() + FILES + options["readable"]
        self.border = border
        self.inner = inner
        import ctypes

        self.header = ctypes.create_string_buffer(struct.pack("<Ii", 0x20080522, 0))
        self.none = ctypes.create_string_buffer(24)
        self.header_at = ctypes.addressof(self.header)
        self.none_at = ctypes.addressof(self.none)

    def run(self):
        """Takes a job, closes the jail, runs the program. Never returns."""
        status = 0
        try:
            os.close(CONTROL)
            syscall, number = linux.syscall, linux.NUMBER
            os.setsid()
            for shared in SHARED:
                # An earlier program may have made it one that does not wait: pipes and their flags outlive a child.
                syscall(number["fcntl"], shared, 4, 0, 0, 0, 0)
            syscall(number["prctl"], linux.PR_SET_PDEATHSIG, linux.SIGKILL, 0, 0, 0, 0)
            job = program.read_job(self.number)
            if job is None:
                os._exit(0)
            kind, source, entry, calls, stop, seconds, memory = job
            if kind == "script":
                program.feed(calls)
            else:
                os.dup2(program.NULL, 0)
            limit = resource.setrlimit
            limit(resource.RLIMIT_CPU, (seconds, seconds))
            if kind in toolchain.KINDS:
                # Runtimes reserve address space that they never use, so what counts for them is data.
                limit(resource.RLIMIT_DATA, (memory, memory))
                toolchain.make_private_folders(self.writing)
            else:
                limit(resource.RLIMIT_FSIZE, (0, 0))
                limit(resource.RLIMIT_AS, (memory, memory))
            if self.border is not None and syscall(number["landlock_restrict_self"], self.border, 0, 0, 0, 0, 0) != 0:
                os._exit(0)
            if syscall(number["capset"], self.header_at, self.none_at, 0, 0, 0, 0) != 0:
                os._exit(0)
            if kind in toolchain.KINDS:
                toolchain.build_and_run(calls, self.readable, DEVICES, memory, kind == "stay")
            if self.inner is not None and syscall(number["prctl"], linux.PR_SET_SECCOMP, 2, self.inner[0], 0, 0, 0) != 0:
                os._exit(0)
            # From here on the program is to blame for what happens; without this frame the sandbox is.
            os.write(program.ANSWERS, b"S")
            if kind == "script":
                status = program.run_script(source)
            elif kind == "serve":
                judge.serve_calls(source, entry)
            elif kind == "judge":
                judge.run_tests(source, entry, *calls)
            else:
                program.call_functions(source, entry, calls, stop)
        finally:
            os._exit(status)
