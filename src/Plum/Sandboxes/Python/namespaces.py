"""The jail's own view of the machine: another user, no network, a root that holds the libraries alone."""

import os

from plum_jail import linux

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PRIVATE_NAMESPACES = linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS


def drop_user(wanted):
    """As root, becomes another user for good; says which, or None where that is not possible."""
    if os.geteuid() != 0:
        return None
    for user in (wanted, 65534):
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            return user
        except OSError:
            continue
    return None


def enter_as_root(folders):
    """Root's way: namespaces first, so that folders only root may reach can be bound; the user is dropped after it."""
    linux.call("unshare", PRIVATE_NAMESPACES)
    build_root(folders)


def enter_as_user(folders):
    """Everybody's way: a user namespace gives the right to make the others."""
    user, group = os.geteuid(), os.getegid()
    linux.call("unshare", linux.CLONE_NEWUSER | PRIVATE_NAMESPACES)
    map_user(user, group)
    build_root(folders)


def enter_user_namespace(process):
    """After root dropped its user: the right to make process namespaces, and nothing outside them."""
    user, group = os.geteuid(), os.getegid()
    linux.call("unshare", linux.CLONE_NEWUSER)
    map_user(user, group, process)


def map_user(user, group, process=None):
    """Maps the user to itself; files can be created only by a mapped user."""
    linux.prctl(linux.PR_SET_DUMPABLE, 1)
    for name, content in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (user, user)), ("gid_map", "%d %d 1" % (group, group))):
        path = name if process is not None else "/proc/self/" + name
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=process)
        except OSError:
            if process is None:
                raise
            return
        try:
            os.write(opened, content.encode())
        finally:
            os.close(opened)


def _mount(source, target, kind, flags, data=""):
    source, keep1 = linux.text(source)
    target, keep2 = linux.text(target)
    kind, keep3 = linux.text(kind)
    data, keep4 = linux.text(data)
    linux.call("mount", source, target, kind, flags, data)


def build_root(paths):
    """Replaces the root by a read-only one in memory that holds the given files and folders alone, and an empty /tmp."""
    paths = sorted(set(path for path in paths if os.path.exists(path)))
    base = next(folder for folder in ("/tmp", "/mnt", "/media", "/srv", "/opt", "/home", "/run")
                if os.path.isdir(folder) and not any(path.startswith(folder) for path in paths))
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    _mount("plum", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path in paths:
        target = base + path
        _copy_links(os.path.dirname(path), base)
        if os.path.lexists(target):
            continue
        if os.path.isdir(path):
            os.makedirs(target)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        _mount(path, target, "", MS_BIND | MS_REC)
        _read_only(target)
    os.makedirs(base + "/tmp", exist_ok=True)
    os.chdir(base)
    dot, keep = linux.text(".")
    linux.call("pivot_root", dot, dot)
    linux.call("umount2", dot, MNT_DETACH)
    os.chdir("/")
    _mount("plum", "/", "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def _copy_links(folder, base):
    """Recreates links such as /lib -> usr/lib that lie on the way to a folder."""
    walked = "/"
    for part in folder.strip("/").split("/"):
        walked = os.path.join(walked, part)
        if os.path.islink(walked) and not os.path.lexists(base + walked):
            os.makedirs(os.path.dirname(base + walked), exist_ok=True)
            os.symlink(os.readlink(walked), base + walked)


def _read_only(target):
    """Read-only, no set-uid, no devices, for the mount and all below it; flags may only be added, so older ones stay."""
    import ctypes
    import struct

    attributes = ctypes.create_string_buffer(struct.pack("<QQQQ", 1 | 2, 0, 0, 0), 32)
    address, keep = linux.text(target)
    try:
        linux.call("mount_setattr", -100, address, 0x8000, ctypes.addressof(attributes), 32)
    except OSError:
        pass  # Before Linux 5.12: the user, Landlock and the filter keep it from being written.
