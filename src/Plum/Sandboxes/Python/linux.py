"""System calls that Python has no function for, by number. x86-64 and aarch64; nothing else is supported."""

import ctypes
import os
import platform

_libc = ctypes.PyDLL(None, use_errno=True)
# PyDLL keeps the interpreter lock across the call, which a raw clone() must do.
syscall = _libc.syscall
syscall.argtypes = [ctypes.c_long] * 7
syscall.restype = ctypes.c_long
"""syscall(number, a, b, c, d, e, f): all seven, always; -1 on failure."""

MACHINE = platform.machine()
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}.get(MACHINE)

# name -> (x86-64, aarch64); None where the architecture has no such call
_TABLE = {
    "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None), "fstat": (5, 80),
    "lstat": (6, None), "poll": (7, None), "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226),
    "munmap": (11, 215), "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "ioctl": (16, 29), "pread64": (17, 67), "pwrite64": (18, 68), "readv": (19, 65),
    "writev": (20, 66), "access": (21, None), "pipe": (22, None), "select": (23, None), "sched_yield": (24, 124),
    "mremap": (25, 216), "msync": (26, 227), "mincore": (27, 232), "madvise": (28, 233), "dup": (32, 23),
    "dup2": (33, None), "nanosleep": (35, 101), "getitimer": (36, 102), "alarm": (37, None), "setitimer": (38, 103),
    "getpid": (39, 172), "socketpair": (53, 199), "clone": (56, 220), "fork": (57, None), "vfork": (58, None),
    "sendto": (44, 206), "recvfrom": (45, 207), "recvmsg": (47, 212), "shutdown": (48, 210), "getsockname": (51, 204),
    "getpeername": (52, 205), "setsockopt": (54, 208), "getsockopt": (55, 209), "execve": (59, 221), "exit": (60, 93), "wait4": (61, 260), "kill": (62, 129), "uname": (63, 160),
    "fcntl": (72, 25), "flock": (73, 32), "fsync": (74, 82), "fdatasync": (75, 83), "truncate": (76, 45),
    "ftruncate": (77, 46), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50), "rename": (82, None),
    "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None), "link": (86, None), "unlink": (87, None),
    "symlink": (88, None), "readlink": (89, None), "chmod": (90, None), "fchmod": (91, 52), "umask": (95, 166),
    "gettimeofday": (96, 169), "getrlimit": (97, 163), "getrusage": (98, 165), "sysinfo": (99, 179),
    "times": (100, 153), "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175), "getegid": (108, 177),
    "getppid": (110, 173), "getpgrp": (111, None), "setsid": (112, 157), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgid": (121, 155), "getsid": (124, 156),
    "capset": (126, 91), "rt_sigtimedwait": (128, 137), "sigaltstack": (131, 132), "utime": (132, None),
    "statfs": (137, 43), "fstatfs": (138, 44), "getpriority": (140, 141), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "pivot_root": (155, 41), "prctl": (157, 167), "arch_prctl": (158, None), "mount": (165, 40), "umount2": (166, 39),
    "gettid": (186, 178), "time": (201, None), "futex": (202, 98), "sched_setaffinity": (203, 122),
    "sched_getaffinity": (204, 123), "epoll_create": (213, None), "getdents64": (217, 61),
    "set_tid_address": (218, 96), "restart_syscall": (219, 128), "fadvise64": (221, 223), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "exit_group": (231, 94), "epoll_wait": (232, None),
    "epoll_ctl": (233, 21), "tgkill": (234, 131), "waitid": (247, 95), "openat": (257, 56), "mkdirat": (258, 34),
    "newfstatat": (262, 79), "unlinkat": (263, 35), "renameat": (264, 38), "linkat": (265, 37),
    "symlinkat": (266, 36), "readlinkat": (267, 78), "fchmodat": (268, 53), "faccessat": (269, 48),
    "pselect6": (270, 72), "ppoll": (271, 73), "unshare": (272, 97), "set_robust_list": (273, 99),
    "utimensat": (280, 88), "epoll_pwait": (281, 22), "fallocate": (285, 47), "eventfd2": (290, 19),
    "epoll_create1": (291, 20), "dup3": (292, 24), "pipe2": (293, 59), "preadv": (295, 69), "pwritev": (296, 70),
    "prlimit64": (302, 261), "getcpu": (309, 168), "sched_setattr": (314, 274), "sched_getattr": (315, 275),
    "renameat2": (316, 276), "seccomp": (317, 277), "getrandom": (318, 278), "memfd_create": (319, 279),
    "membarrier": (324, 283), "copy_file_range": (326, 285), "statx": (332, 291), "rseq": (334, 293),
    "clone3": (435, 435), "close_range": (436, 436), "openat2": (437, 437), "faccessat2": (439, 439),
    "mount_setattr": (442, 442), "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446), "futex_waitv": (449, 449), "mlock": (149, 228), "munlock": (150, 229),
    "get_mempolicy": (239, 236), "set_mempolicy": (238, 237), "mbind": (237, 235), "sched_setscheduler": (144, 119),
    "setpriority": (141, 140),
}

NUMBER = {name: pair[MACHINE == "aarch64"] for name, pair in _TABLE.items()
          if pair[MACHINE == "aarch64"] is not None}


def call(name, *arguments):
    """The named system call; an OSError where it fails."""
    result = syscall(NUMBER[name], *arguments, *([0] * (6 - len(arguments))))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, name + ": " + os.strerror(code))
    return result


def text(value):
    """The address of a NUL-terminated string, and the buffer that has to outlive its use."""
    buffer = ctypes.create_string_buffer(os.fsencode(value))
    return ctypes.addressof(buffer), buffer


def prctl(option, value=0):
    """prctl(option, value, 0, 0, 0)."""
    return call("prctl", option, value)


PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
CLONE_THREAD = 0x00010000
SIGKILL, SIGCHLD = 9, 17
