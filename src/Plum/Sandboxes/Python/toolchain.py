"""Programs of other languages: built and run in one child, in a private folder that lives as long as the child.

Building may start processes and write to the folder; before the program itself starts, both are taken away.
"""

import os
import resource

from plum_jail import filters, judge, landlock, linux, program

KINDS = ("build", "stay")
FOLDER = "/tmp"
PROGRAM_FOLDER = "/tmp/plum"
BUILD_FAILED = 114
RESERVED = 3 << 30  # Address space that runtimes reserve and leave empty.


def make_private_folders(megabytes):
    """A folder of limited size, and a /proc that shows this child's own processes: the runtimes of languages need one."""
    for kind, target, flags, data in (("tmpfs", FOLDER, 2 | 4, "size=%dm,mode=755" % megabytes), ("proc", "/proc", 1 | 2 | 4 | 8, "")):
        kind, keep1 = linux.text(kind)
        target, keep2 = linux.text(target)
        data, keep3 = linux.text(data)
        linux.call("mount", kind, target, kind, flags, data)


def build_and_run(job, readable, devices, memory, asked):
    """Writes the files, runs every step but the last one as a process, then becomes the last one, which reads requests where it is asked. Never returns."""
    files, steps, folders, environment = job
    os.mkdir(PROGRAM_FOLDER)
    os.chdir(PROGRAM_FOLDER)
    for name, content in files:
        with open(name, "wb") as file:
            file.write(content)
    readable = readable + folders + ["/proc", "/etc/alternatives", "/sys/devices/system/cpu"]
    rules = landlock.ruleset(readable, devices, folders + [FOLDER, "/usr", "/lib", "/lib64"], [FOLDER])
    landlock.restrict(rules)
    os.close(rules)
    filters.install(filters.child(True, True))
    for step in steps[:-1]:
        pid = os.fork()
        if pid == 0:
            os.dup2(2, 1)
            os.execve(step[0], step, environment)
        _, status = os.waitpid(pid, 0)
        if status != 0:
            os.write(program.ANSWERS, b"S")
            os._exit(BUILD_FAILED)
    rules = landlock.ruleset(readable + [FOLDER], devices, folders + [FOLDER, "/usr", "/lib", "/lib64"], [])
    landlock.restrict(rules)
    os.close(rules)
    filters.install(filters.no_processes())
    # Memory that processes or files in memory share is no data, and a file's size counts for those too.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (RESERVED + memory, RESERVED + memory))
    os.write(program.ANSWERS, b"S")
    os.dup2(program.ANSWERS, 1)
    if asked:
        os.dup2(judge.REQUESTS, 0)
    os.closerange(3, 64)
    os.execve(steps[-1][0], steps[-1], environment)
