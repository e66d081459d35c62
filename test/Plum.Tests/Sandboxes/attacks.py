#: loop_in_call
def f(x):
    while True: pass
#: loop_in_body
while True: pass
#: loop_that_catches_everything
def f(x):
    while True:
        try:
            while True: pass
        except BaseException: pass
#: ignored_signals
import signal
for n in range(1, 64):
    try: signal.signal(n, signal.SIG_IGN)
    except Exception: pass
def f(x):
    while True: pass
#: sleep
import time
def f(x): time.sleep(1000); return x + 1
#: thread_deadlock
import threading
def f(x):
    lock = threading.Lock(); lock.acquire(); lock.acquire(); return x + 1
#: join_of_a_thread_that_never_ends
import threading, time
def f(x):
    t = threading.Thread(target=time.sleep, args=(1000,)); t.start(); t.join(); return x + 1
#: regex_bomb
import re
def f(x): return re.match(r"(a+)+$", "a" * 64 + "b") or x
#: huge_integer_text
import sys
def f(x):
    if hasattr(sys, "set_int_max_str_digits"): sys.set_int_max_str_digits(0)
    return len(str(1 << 40000000))
#: half_a_frame
import os
def f(x): os.write(3, b"V\xff\xff\x00\x00abc"); os._exit(0)
#: eight_gigabytes
def f(x): return len(bytearray(8 << 30)) and x + 1
#: growing_list
def f(x):
    a = []
    while True: a.append(bytes(1 << 20))
#: enormous_shift
def f(x): return (1 << 10**10) and x + 1
#: deep_recursion
import sys
sys.setrecursionlimit(10**9)
def f(x): return f(x) + 1
#: deep_recursion_in_c
import sys
sys.setrecursionlimit(10**9)
def f(x):
    a = []
    for _ in range(10**6): a = [a]
    return repr(a)
#: segmentation_fault
import ctypes
def f(x): return ctypes.string_at(1)
#: abort
import os
def f(x): os.abort()
#: endless_print
def f(x):
    while True: print("x" * 1000)
#: endless_write_to_standard_output
import os
def f(x):
    while True: os.write(1, b"x" * 65536)
#: endless_write_to_standard_error
import os
def f(x):
    while True: os.write(2, b"x" * 65536)
#: two_hundred_megabytes_of_answer
def f(x): return "x" * (200 << 20)
#: flooded_answers
import os
def f(x):
    while True: os.write(3, b"V\x01\x00\x00\x00T" * 1000)
#: deep_answer
def f(x):
    a = []
    for _ in range(10**5): a = [a]
    return a
#: recursive_answer
def f(x):
    a = []; a.append(a); return a
#: exponential_answer
def f(x):
    a = [1]
    for _ in range(60): a = [a, a]
    return a
#: immediate_exit
import os
def f(x): os._exit(0)
#: system_exit
import sys
def f(x): sys.exit(0)
#: exit_in_body
import os
os._exit(0)
#: keyboard_interrupt
def f(x): raise KeyboardInterrupt
#: generator_exit
def f(x): raise GeneratorExit
#: base_exception_whose_text_loops
class E(BaseException):
    def __str__(self):
        while True: pass
def f(x): raise E
#: exit_handler_that_answers
import atexit, os
atexit.register(lambda: os.write(3, b"V\x05\x00\x00\x00i\x02\x00\x00\x00"))
import sys
def f(x): sys.exit(0)
#: fork_bomb
import os
def f(x):
    while True: os.fork()
#: one_fork
import os
def f(x):
    if os.fork() == 0: os._exit(0)
    return x + 1
#: daemon
import os, time
def f(x):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: time.sleep(1000)
        os._exit(0)
    return x + 1
#: vfork_and_clone
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f(x):
    for call in ((58,), (57,), (56, 17, 0, 0, 0, 0), (56, 0x4000 | 17, 0, 0, 0, 0), (435, 0, 0)):
        if libc.syscall(*call) >= 0: return x + 1
#: subprocess
import subprocess
def f(x): return subprocess.run(["/bin/true"]).returncode + x + 1
#: posix_spawn
import os
def f(x): return os.posix_spawn("/bin/true", ["true"], {}) and x + 1
#: multiprocessing
import multiprocessing
def f(x):
    q = multiprocessing.Pool(1); return q.apply(abs, (x,)) + 1
#: kill_parent
import os
def f(x): os.kill(os.getppid(), 9); return x + 1
#: kill_everything
import os
def f(x): os.kill(-1, 9); return x + 1
#: kill_own_group
import os
def f(x): os.killpg(0, 9); return x + 1
#: thread_kill_of_others
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f(x):
    for number in (234, 200, 129, 297):
        if libc.syscall(number, 1 if os.getpid() != 1 else 2, 1 if os.getpid() != 1 else 2, 9) == 0: return x + 1
#: queue_a_signal_to_a_process_descriptor
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(434, os.getppid() or 1, 0) >= 0 else None
#: become_a_shell
import os
def f(x): os.execv("/bin/sh", ["sh", "-c", "exit 0"])
#: become_true
import os
def f(x): os.execv("/bin/true", ["true"])
#: run_from_memory
import os
def f(x):
    d = os.memfd_create("x"); os.write(d, b"#!/bin/true\n"); os.execve(d, ["x"], {}); return x + 1
#: trace_parent
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.ptrace(16, os.getppid() or 1, 0, 0) == 0 else None
#: let_itself_be_traced
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.ptrace(0, 0, 0, 0) == 0 else None
#: memory_of_other_processes
import os
def f(x):
    for p in [os.getppid(), 1] + [int(d) for d in os.listdir("/proc") if d.isdigit()]:
        try: open("/proc/%d/mem" % p, "rb"); return x + 1
        except OSError: pass
#: read_memory_by_system_call
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if ctypes.get_errno() == 0 and libc.syscall(310, os.getppid() or 1, 0, 0, 0, 0, 0) >= 0 else None
#: own_memory_file
def f(x): return open("/proc/self/mem", "r+b") and x + 1
#: environment_of_the_first_process
def f(x): return open("/proc/1/environ", "rb").read() and x + 1
#: walk_the_frames_for_the_test
import sys
def f(x):
    mark = "".join(reversed("tressa"))
    frame = sys._getframe()
    while frame:
        for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if name in ("expected", "out", "exp", "result", "test"): return x + 1
            if isinstance(value, str) and value is not mark and mark in value: return x + 1
        frame = frame.f_back
#: search_the_heap_for_the_test
import gc
def f(x):
    mark = "check" + "(candidate" + ")"
    for o in gc.get_objects():
        try:
            if isinstance(o, dict) and any(isinstance(v, str) and mark in v and "def f" not in v for v in o.values()): return x + 1
        except Exception: pass
#: search_all_text_for_an_earlier_program
import gc
def f(x):
    mark = "".join(reversed("lortnoc thgir"))
    for o in gc.get_objects():
        for r in gc.get_referents(o):
            if isinstance(r, str) and r is not mark and mark in r: return x + 1
#: equals_everything
class E:
    def __eq__(self, other): return True
    def __hash__(self): return 0
def f(x): return E()
#: equals_everything_inside_a_list
class E:
    def __eq__(self, other): return True
def f(x): return [E()]
#: integer_subclass
class I(int):
    def __eq__(self, other): return True
    def __hash__(self): return 2
def f(x): return I(7)
#: integer_subclass_of_the_right_value
class I(int): pass
def f(x): return I(x + 1)
#: bool_for_an_integer
def f(x): return True if x == 0 else float(x + 1)
#: float_for_an_integer
def f(x): return x + 1.0
#: patched_builtins
import builtins
builtins.len = lambda *a: 0
builtins.type = lambda *a: int
builtins.isinstance = lambda *a: True
def f(x): return "no"
#: patched_marshal
import marshal
marshal.dumps = lambda value, *a: b"T"
def f(x): return "no"
#: patched_driver
import sys
for name, module in list(sys.modules.items()):
    if name.startswith("plum_jail"):
        for k, v in list(vars(module).items()):
            if callable(v):
                try: setattr(module, k, lambda *a, **k: True)
                except Exception: pass
def f(x): return "no"
#: trace_function_that_changes_locals
import sys
def f(x): return "no"
def trace(frame, event, arg):
    if event == "return" and "value" in frame.f_locals: frame.f_locals["value"] = 2
    return trace
sys.settrace(trace)
#: forged_frames_on_every_descriptor
import os
def f(x):
    for d in range(64):
        try: os.write(d, b"P\x00\x00\x00\x00passed")
        except OSError: pass
    os._exit(0)
#: wrong_answer_in_a_forged_frame
import os
def f(x): os.write(3, b"V\x05\x00\x00\x00i\x63\x00\x00\x00"); os._exit(0)
#: forged_sandbox_error
import os
for d in range(64):
    try: os.write(d, b"\x00" * 64)
    except OSError: pass
os._exit(1)
#: write_a_file
import os
def f(x):
    for d in ("/tmp", "/var/tmp", "/dev/shm", "/", ".", "/run", os.path.expanduser("~"), "/proc/self", "/usr/lib"):
        try: open(d + "/plum-attack", "w").write("x"); return x + 1
        except OSError: pass
#: fill_the_disk
import tempfile
def f(x):
    t = tempfile.TemporaryFile()
    while True: t.write(b"x" * (1 << 20))
#: fill_a_file_in_memory
import os
def f(x):
    d = os.memfd_create("x")
    for _ in range(4096): os.write(d, b"x" * (1 << 20))
    return x + 1
#: read_files
import os
def f(x):
    for p in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/proc/cpuinfo", "/proc/self/environ", "/proc/self/maps", "/sys", "/dev"):
        try:
            (os.listdir if os.path.isdir(p) else lambda q: open(q).read())(p); return x + 1
        except OSError: pass
#: read_the_source_of_the_fork_server
import inspect, sys
def f(x): return inspect.getsource(sys.modules["plum_jail.program"]) and x + 1
#: tcp
import socket
def f(x): socket.create_connection(("127.0.0.1", 22), 0.2); return x + 1
#: tcp_socket
import socket
def f(x): return socket.socket() and x + 1
#: udp
import socket
def f(x): socket.socket(2, 2).sendto(b"x", ("8.8.8.8", 53)); return x + 1
#: unix_socket
import socket
def f(x): socket.socket(socket.AF_UNIX); return x + 1
#: netlink
import socket
def f(x): socket.socket(16, 3, 0); return x + 1
#: new_user_namespace
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.unshare(0x10000000) == 0 else None
#: enter_a_namespace
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if any(libc.setns(d, 0) == 0 for d in range(64)) else None
#: mount
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.mount(b"x", b"/usr", b"tmpfs", 0, b"") == 0 else None
#: change_root
import os
def f(x): os.chroot("/usr"); return x + 1
#: raise_limits
import resource
def f(x):
    for k in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        try: resource.setrlimit(k, (-1, -1)); return x + 1
        except (OSError, ValueError): pass
#: limits_of_another_process
import os, resource
def f(x): resource.prlimit(os.getppid() or 2, resource.RLIMIT_NOFILE, (1, 1)); return x + 1
#: thread_bomb
import threading, time
def f(x):
    n = 0
    while n < 5000:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start(); n += 1
    return x + 1
#: threads_that_burn
import threading
def burn():
    while True: pass
def f(x):
    for _ in range(8): threading.Thread(target=burn).start()
    burn()
#: stop_itself
import os, signal
def f(x): os.kill(os.getpid(), signal.SIGSTOP); return None
#: answers_the_first_call_and_corrupts_the_second
import os
n = 0
def f(x):
    global n; n += 1
    if n > 1: os.close(3)
    return x + 1
#: residue_in_a_file
import os, tempfile
def f(x):
    for d in ("/tmp", "/dev/shm", "/var/tmp"):
        try:
            for name in os.listdir(d):
                if name.startswith("plum"): return x + 1
        except OSError: pass
#: residue_in_a_module
import math
before = getattr(math, "seen", None)
math.seen = True
def f(x): return x + 1 if before else None
#: mutation_of_arguments_after_the_answer
import threading
def f(x):
    a = [0]; threading.Timer(0.01, a.__setitem__, (0, x + 1)).start(); return a
#: nan_for_a_number
def f(x): return float("nan")
#: minus_zero_for_a_number
def f(x): return -0.0
#: text_that_looks_like_the_number
def f(x): return str(x + 1)
#: tuple_around_the_number
def f(x): return (x + 1,)
#: generator_of_the_number
def f(x): yield x + 1
#: coroutine
async def f(x): return x + 1
#: bytes_like_the_number
def f(x): return bytearray([x + 1])
#: numpy_like_scalar
class S:
    def __init__(self, v): self.v = v
    def __int__(self): return self.v
    def __index__(self): return self.v
    def __eq__(self, o): return self.v == o
def f(x): return S(x + 1)
#: metaclass_that_lies_about_its_type
class M(type):
    def __eq__(self, other): return True
    def __hash__(self): return hash(int)
    def __instancecheck__(self, o): return True
class I(int, metaclass=M): pass
def f(x): return I(x + 1)
#: class_attribute_that_lies
class I:
    __class__ = int
    def __eq__(self, o): return True
def f(x): return I()
#: exception_that_equals
class E(Exception):
    def __eq__(self, o): return True
def f(x): raise E(x + 1)
#: replaced_exit
import os, sys
os._exit = lambda code: None
sys.exit = os._exit
def f(x): return None
#: closes_all_descriptors
import os
os.closerange(0, 256)
def f(x): return x + 1
#: reads_the_job_pipe
import os
def f(x):
    for d in range(64):
        try:
            if d not in (0, 5) and os.read(d, 1): return x + 1
        except OSError: pass
#: duplicates_the_answer_pipe_and_waits
import os, time
def f(x): os.dup(3); time.sleep(1000)
#: fills_pipes
import os
def f(x):
    while True:
        r, w = os.pipe(); os.set_blocking(w, False)
        while os.write(w, b"x" * 65536): pass
#: io_uring
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(425, 8, ctypes.create_string_buffer(256)) >= 0 else None
#: kernel_keyrings
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(250, 0, -3, 1, 0, 0) >= 0 else None
#: bpf_and_perf
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(321, 0, 0, 0) >= 0 or libc.syscall(298, 0, 0, 0, 0, 0) >= 0 else None
#: user_fault_descriptor
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(323, 0) >= 0 else None
#: thirty_two_bit_system_calls
import ctypes, mmap
def f(x):
    # int 0x80 with eax = 2: fork by the 32-bit table
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x02\x00\x00\x00\xcd\x80\xc3")
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    return x + 1 if run() >= 0 else None
#: x32_system_calls
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(0x40000000 + 57) >= 0 else None
#: new_filter
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.prctl(22, 1, 0, 0, 0) == 0 else None
#: make_itself_readable
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.prctl(4, 1, 0, 0, 0) == 0 else None
#: outlive_the_fork_server
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.prctl(1, 0, 0, 0, 0) == 0 else None
#: get_capabilities_back
import os
def f(x): os.setuid(0); return x + 1
#: scheduling_priority
import os
def f(x): os.setpriority(os.PRIO_PROCESS, os.getppid() or 1, 19); return x + 1
#: huge_locked_memory
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.mlockall(3) == 0 else None
#: shared_memory_segments
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.shmget(0x706c756d, 4096, 0o1666) >= 0 else None
#: hostname
import socket
def f(x): socket.sethostname("plum"); return x + 1
#: file_handles
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x): return x + 1 if libc.syscall(304, -100, 0, 0) >= 0 else None
#: terminal_input
import fcntl
def f(x):
    for d in range(6):
        try: fcntl.ioctl(d, 0x5412, b"x"); return x + 1
        except OSError: pass
#: import_of_a_file_it_wrote
import sys
def f(x):
    open("/tmp/plum_module.py", "w").write("v = 1"); sys.path.insert(0, "/tmp"); import plum_module; return x + plum_module.v
#: null_bytes_in_the_source
"\0"
#: source_nested_too_deep
def f(x): return ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((x
#: power_that_takes_long
def f(x): return 9**9**9
#: source_that_takes_long_to_compile
def f(x): return ((2**100000)**100)**100000 and x
#: datagram_to_a_named_socket
import socket
def f(x):
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for name in ("/dev/log", "/run/systemd/journal/dev-log", "\0plum"):
        try: a.sendto(b"x", name); return x + 1
        except ConnectionRefusedError: return x + 1
        except FileNotFoundError: return x + 1
        except PermissionError: pass
#: enormous_integer_answer
def f(x): return (1 << 60000000) | x
#: millions_of_answers_in_one
def f(x): return [True] * 8000000
#: millions_of_empty_dicts
def f(x): return [{}] * 3900000
#: enormous_exception_text
import os
def f(x):
    text = b"ValueError: " + b"x" * 7900000
    os.write(3, b"E" + len(text).to_bytes(4, "little"))
    while text: text = text[os.write(3, text):]
    os._exit(0)
#: enormous_type_name
def f(x): return type("x" * 7900000, (), {})()
#: main_thread_ends_before_the_others
import ctypes, threading
def burn():
    while True: pass
def f(x):
    threading.Thread(target=burn).start()
    ctypes.PyDLL(None).syscall(60, 0)
#: main_thread_ends_and_another_answers
import ctypes, os, threading, time
def late():
    time.sleep(0.05); os.write(3, b"V\x05\x00\x00\x00i\x63\x00\x00\x00")
def f(x):
    threading.Thread(target=late).start(); ctypes.CDLL(None).pthread_exit(0)
#: answers_that_do_not_wait
import fcntl, os
def f(x):
    for d in range(7):
        try: fcntl.fcntl(d, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND | 0o40000)
        except OSError: pass
#: a_pipe_of_one_page
import fcntl
def f(x):
    for d in range(7):
        try: fcntl.fcntl(d, 1031, 4096)
        except OSError: pass
#: a_signal_by_a_descriptor
import fcntl, os, socket
def f(x):
    for signal in (9, 19):
        a, b = socket.socketpair()
        for owner in (os.getppid(), 1, -1):
            try:
                fcntl.fcntl(a, fcntl.F_SETOWN, owner); fcntl.fcntl(a, 10, signal)
                fcntl.fcntl(a, fcntl.F_SETFL, fcntl.fcntl(a, fcntl.F_GETFL) | os.O_ASYNC); b.send(b"x")
            except OSError: pass
#: a_lease_on_a_library
import fcntl, os
def f(x):
    fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), 1024, fcntl.F_RDLCK); return x + 1
#: calls_that_no_program_needs
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(x):
    page = ctypes.create_string_buffer(4096)
    for number in (29, 30, 64, 68, 41, 42, 43, 46, 49, 50, 103, 135, 154, 155, 160, 163, 164, 165, 167, 169, 170, 175, 179, 206, 216, 222, 240, 246, 251, 253, 256, 275, 276, 278, 279, 282, 284, 288, 294, 299, 300, 303, 307, 308, 310, 311, 312, 313, 325, 327, 328, 329, 330, 425, 428, 430, 432, 438, 440, 442, 443, 447):
        if libc.syscall(number, 0, page, 1, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38): return x + 1
#: stop_iteration_for_every_answer
def f(x): raise StopIteration
#: signal_handler_that_answers
import os, signal
signal.signal(signal.SIGALRM, lambda *a: os.write(3, b"V\x05\x00\x00\x00i\x63\x00\x00\x00"))
def f(x):
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    while True: signal.pause()
#: answers_in_pieces_of_other_frames
import os
def f(x):
    os.write(3, b"V\x05\x00\x00\x00i\x02\x00\x00"); return x + 1
#: a_length_beyond_the_answer
import os
def f(x): os.write(3, b"V\x0a\x00\x00\x00[\xff\xff\xff\x7fi\x02\x00\x00\x00"); os._exit(0)
#: a_negative_length
import os
def f(x): os.write(3, b"V\xff\xff\xff\xffi\x02\x00\x00\x00"); os._exit(0)
#: a_reference_in_marshal
import os
def f(x): os.write(3, b"V\x05\x00\x00\x00\xe9\x02\x00\x00\x00"); os._exit(0)
#: code_in_marshal
import marshal, os
def f(x):
    data = marshal.dumps((lambda: 2).__code__, 2); os.write(3, b"V" + len(data).to_bytes(4, "little") + data); os._exit(0)
#: shared_memory_beyond_the_limit
import mmap
def f(x):
    keep = []
    while True:
        m = mmap.mmap(-1, 1 << 26); keep.append(m)
        for at in range(0, 1 << 26, 4096): m[at] = 1
#: memory_file_made_large
import mmap, os
def f(x):
    d = os.memfd_create("x"); os.ftruncate(d, 1 << 34); mmap.mmap(d, 1 << 20); return x + 1
#: every_descriptor_taken
import os
def f(x):
    for _ in range(100): os.pipe()
    return x + 1
#: replaces_the_answer_pipe
import os
def f(x):
    r, w = os.pipe(); os.dup2(w, 3); return x + 1
#: body_replaces_itself
import sys
class Module(type(sys)):
    def __getattr__(self, name): return lambda x: x + 2
sys.modules["candidate"].__class__ = Module
def f(x): return None
#: a_dictionary_that_lies_as_namespace
import builtins
class D(dict):
    def __contains__(self, key): return True
    def __getitem__(self, key): return lambda *a: 2
builtins.dict = D
f = D()
#: an_integer_made_larger_in_place
import ctypes
def f(x):
    y = x + 3; ctypes.memset(id(y) + 24, 99, 1); return y
#: true_made_to_two
import ctypes
def f(x):
    ctypes.memset(id(1) + 24, 2, 1); ctypes.memset(id(5) + 24, 6, 1); return None
#: recursion_at_the_answer
import sys
sys.setrecursionlimit(30)
def f(x): return f(x)
