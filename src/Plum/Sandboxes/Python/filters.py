"""seccomp filters, assembled by hand: an allow-list for the whole jail, and what a child gives up besides.

The jail's filter is installed once, in the fork server, and inherited: a long filter costs half a millisecond to
install (the kernel tries every call on it) and nothing to inherit. What the fork server itself needs, and a
program must not have, is taken away in the child by a second filter of a few instructions.
"""

import ctypes

from plum_jail import linux

ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS, ENOTTY = 1, 38, 25

# What a Python program needs for computing, reading its libraries, threads and private pipes.
COMPUTING = """
    read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask
    rt_sigreturn pread64 pwrite64 readv writev access pipe select sched_yield mremap msync mincore madvise dup dup2
    nanosleep getitimer alarm setitimer getpid socketpair exit uname fcntl fsync fdatasync
    ftruncate getcwd chdir fchdir readlink umask gettimeofday getrlimit getrusage sysinfo times getuid getgid geteuid
    getegid getppid getpgrp getgroups getresuid getresgid getpgid getsid sigaltstack statfs fstatfs getpriority
    sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min arch_prctl gettid time futex
    sched_getaffinity epoll_create getdents64 set_tid_address restart_syscall fadvise64 clock_gettime clock_getres
    clock_nanosleep exit_group epoll_wait epoll_ctl openat newfstatat readlinkat faccessat pselect6 ppoll
    set_robust_list epoll_pwait eventfd2 epoll_create1 dup3 pipe2 preadv pwritev getcpu getrandom membarrier
    statx rseq close_range faccessat2 futex_waitv rt_sigtimedwait recvfrom recvmsg shutdown getsockname getpeername
    getsockopt setsockopt
""".split()

# What the fork server needs besides, and every program loses.
SERVING = "prctl seccomp setsid capset landlock_restrict_self".split()

# Answered with ENOSYS, so that the C library falls back to the older call, whose arguments a filter can see.
ABSENT = "clone3 openat2 copy_file_range".split()

# What may be asked of a descriptor: to block or not (asyncio does), to close on exec, how much it holds.
PIPE_CONTROLS = (0x5421, 0x5450, 0x5451, 0x541B)

# What may not be asked of any descriptor: signals to its owner, leases and notices, and another size for a pipe that
# later programs will share.
DESCRIPTOR_CONTROLS = (8, 10, 15, 1024, 1026, 1031)

# For programs that were given a private folder.
WRITING = """
    rename mkdir rmdir creat link unlink symlink chmod fchmod mkdirat unlinkat renameat linkat symlinkat fchmodat
    utimensat utime fallocate renameat2 truncate flock memfd_create
""".split()

# For compilers and runtimes other than Python: their own processes and their memory policy.
RUNNING = """
    execve fork vfork wait4 waitid kill tgkill sched_setaffinity get_mempolicy set_mempolicy mbind mlock munlock
    sched_getattr setpriority
""".split()


class Assembler:
    """Collects classic BPF instructions over struct seccomp_data {int nr; u32 arch; u64 ip; u64 args[6]}."""

    def __init__(self):
        self.instructions = []

    def emit(self, code, k, jump_true=0, jump_false=0):
        self.instructions.append((code, jump_true, jump_false, k))

    def load(self, offset):
        self.emit(0x20, offset)

    def answer(self, verdict):
        self.emit(0x06, verdict)

    def check_architecture(self):
        self.load(4)
        self.emit(0x15, linux.ARCHITECTURE, 1, 0)
        self.answer(KILL_PROCESS)
        self.load(0)

    def when(self, name, verdict):
        """Answers one call, whatever its arguments."""
        if name in linux.NUMBER:
            self.emit(0x15, linux.NUMBER[name], 0, 1)
            self.answer(verdict)

    def when_range(self, first, last, verdict):
        """Answers the calls first..last."""
        self.emit(0x35, first, 0, 2)
        self.emit(0x25, last, 1, 0)
        self.answer(verdict)

    def when_bits(self, name, argument, mask, some, none):
        """Answers one call by whether its argument's low word has any bit of the mask."""
        self.emit(0x15, linux.NUMBER[name], 0, 4)
        self.load(16 + 8 * argument)
        self.emit(0x45, mask, 0, 1)
        self.answer(some)
        self.answer(none)

    def when_one_of(self, name, argument, values, some, none):
        """Answers one call by whether its argument's low word is one of a few values."""
        self.emit(0x15, linux.NUMBER[name], 0, 2 * len(values) + 2)
        self.load(16 + 8 * argument)
        for value in values:
            self.emit(0x15, value, 0, 1)
            self.answer(some)
        self.answer(none)

    def when_zero(self, name, argument, zero, other):
        """Answers one call by whether its 64-bit argument is zero."""
        self.emit(0x15, linux.NUMBER[name], 0, 6)
        self.load(16 + 8 * argument)
        self.emit(0x15, 0, 0, 3)
        self.load(20 + 8 * argument)
        self.emit(0x15, 0, 0, 1)
        self.answer(zero)
        self.answer(other)

    def finish(self):
        """A struct sock_fprog's address, and what has to be kept alive with it."""
        packed = b"".join(
            code.to_bytes(2, "little") + bytes((jump_true, jump_false)) + (k & 0xFFFFFFFF).to_bytes(4, "little")
            for code, jump_true, jump_false, k in self.instructions)
        body = ctypes.create_string_buffer(packed)
        header = len(self.instructions).to_bytes(8, "little") + ctypes.addressof(body).to_bytes(8, "little")
        program = ctypes.create_string_buffer(header)
        return ctypes.addressof(program), (program, body)


def jail(writing, running):
    """The allow-list that a whole jail lives under; everything else fails with EPERM."""
    names = COMPUTING + SERVING + ["wait4", "memfd_create"]
    if writing:
        names += WRITING + ["mount"]
    if running:
        names += RUNNING + ["landlock_create_ruleset", "landlock_add_rule"]
    numbers = sorted({linux.NUMBER[name] for name in names if name in linux.NUMBER})
    filter = Assembler()
    filter.check_architecture()
    filter.when_one_of("fcntl", 1, DESCRIPTOR_CONTROLS, ERRNO | EPERM, ALLOW)
    first = last = numbers[0]
    for number in numbers[1:] + [1 << 20]:
        if number > last + 1:
            filter.when_range(first, last, ALLOW)
            first = number
        last = number
    filter.when("clone", ALLOW)
    filter.when_zero("prlimit64", 0, ALLOW, ERRNO | EPERM)
    # Within a private pair of sockets only: an address would reach others' sockets by name.
    filter.when_zero("sendto", 4, ALLOW, ERRNO | EPERM)
    for name in ABSENT:
        filter.when(name, ERRNO | ENOSYS)
    filter.when_one_of("ioctl", 1, PIPE_CONTROLS, ALLOW, ERRNO | ENOTTY)
    filter.answer(ERRNO | EPERM)
    return filter.finish()


def child(writing, running):
    """What a program gives up besides: processes (threads it may have), and the means of making new rules."""
    filter = Assembler()
    filter.check_architecture()
    if not running:
        filter.when_bits("clone", 0, linux.CLONE_THREAD, ALLOW, ERRNO | EPERM)
    # A build is followed by a stricter filter, which needs the calls that install it.
    kept = ("prctl", "landlock_restrict_self") if running else ()
    for name in SERVING + (["mount"] if writing else []):
        if name not in kept:
            filter.when(name, ERRNO | EPERM)
    filter.answer(ALLOW)
    return filter.finish()


def no_processes():
    """What a program in another language gives up once it is built: processes, and what may be asked of others."""
    filter = Assembler()
    filter.check_architecture()
    filter.when_bits("clone", 0, linux.CLONE_THREAD, ALLOW, ERRNO | EPERM)
    for name in ("fork", "vfork", "kill", "setpriority", "prctl"):
        filter.when(name, ERRNO | EPERM)
    filter.answer(ALLOW)
    return filter.finish()


def install(program):
    """Puts the calling thread under a filter; for good."""
    linux.call("prctl", linux.PR_SET_SECCOMP, 2, program[0])
