"""Landlock rule sets: what may be read, and that nothing outside may be reached or signalled."""

import os
import struct

from plum_jail import linux

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15


def abi():
    """The kernel's Landlock version; 0 where there is none."""
    try:
        return linux.call("landlock_create_ruleset", 0, 0, 1)
    except OSError:
        return 0


def _rights(version):
    rights = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        if version >= since:
            rights |= 1 << bit
    return rights


def _create(files, network, scopes, version):
    attributes = struct.pack("<QQQ", files, network, scopes)
    attributes = attributes[:8 if version < 4 else 16 if version < 6 else 24]
    address, keep = _bytes(attributes)
    return linux.call("landlock_create_ruleset", address, len(attributes), 0)


def _bytes(content):
    import ctypes

    buffer = ctypes.create_string_buffer(content, len(content))
    return ctypes.addressof(buffer), buffer


def ruleset(readable, devices, executable, writable):
    """A rule set's descriptor: read beneath some folders, read and write some devices, run beneath others; no TCP, no signals out."""
    version = abi()
    rights = _rights(version)
    descriptor = _create(rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0, version)
    wanted = [(path, READ_FILE | READ_DIR) for path in readable]
    wanted += [(path, READ_FILE | WRITE_FILE) for path in devices]
    wanted += [(path, READ_FILE | READ_DIR | EXECUTE) for path in executable]
    wanted += [(path, rights) for path in writable]
    for path, allowed in wanted:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        if not os.path.isdir(path):
            allowed &= FILE_RIGHTS
        address, keep = _bytes(struct.pack("<Qi", allowed & rights, opened))
        linux.call("landlock_add_rule", descriptor, 1, address, 0)
        os.close(opened)
    return descriptor


def scope_only():
    """A rule set that adds nothing but a border: no signals and no tracing across it. None before version 6."""
    version = abi()
    return _create(0, 0, 3, version) if version >= 6 else None


def restrict(descriptor):
    """Puts this process and its children under a rule set; for good."""
    linux.call("landlock_restrict_self", descriptor, 0)
