# Attacks the jail that it runs in, and names what it was able to do. Run once at start-up: a level that lets
# something through is not used. Not a module of the jail: it is run as a program is.
import ctypes
import os
import resource
import socket


def attempt(action):
    try:
        action()
        return True
    except BaseException:
        return False


def system_call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno())


def read_files():
    open("/etc/passwd").read()


def list_root_processes():
    open("/proc/1/environ", "rb").read()


def write_files():
    with open("/tmp/plum-probe-%d" % os.getpid(), "w") as file:
        file.write("x")
    os.unlink(file.name)


def write_shared_memory():
    with open("/dev/shm/plum-probe-%d" % os.getpid(), "w") as file:
        file.write("x")
    os.unlink(file.name)


def open_socket():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def open_unix_socket():
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


def start_process():
    if os.fork() == 0:
        os._exit(0)


def replace_process():
    # A program that cannot be run even where running is allowed: only the refusal tells.
    try:
        os.execv("/dev/null", ["x"])
    except OSError as error:
        if error.errno in (8, 13) and os.access("/dev/null", os.X_OK):
            return
        raise


def signal_parent():
    os.kill(os.getppid() or 1, 0)


def new_namespace():
    system_call(272 if os.uname().machine == "x86_64" else 97, 0x10000000)


def trace_parent():
    system_call(101 if os.uname().machine == "x86_64" else 117, 16, os.getppid() or 1, 0, 0)


def become_root():
    if os.geteuid() == 0:
        raise OSError
    os.setresuid(0, 0, 0)


def raise_limits():
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def use_memory():
    bytearray(4 << 30)


def probe():
    attacks = [read_files, list_root_processes, write_files, write_shared_memory, open_socket, open_unix_socket, start_process,
               replace_process, signal_parent, new_namespace, trace_parent, become_root, raise_limits, use_memory]
    return [attack.__name__ for attack in attacks if attempt(attack)]
