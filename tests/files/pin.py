"""Pins a program for the driver's door (XDP) that lets every packet pass, at the path given: bpf(2) by hand."""
import ctypes
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    result = libc.syscall(321, command, buffer, 128)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf command {command}")
    return result


# r0 = XDP_PASS; exit
instructions = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xB7, 0, 0, 2, 0x95, 0, 0, 0), 16)
licence = ctypes.create_string_buffer(b"GPL")
path = ctypes.create_string_buffer(sys.argv[1].encode())
program = bpf(5, struct.pack(
    "<IIQQIIQII16s", 6, 2, ctypes.addressof(instructions), ctypes.addressof(licence), 0, 0, 0, 0, 0, b"passes"))
bpf(6, struct.pack("<QII", ctypes.addressof(path), program, 0))
