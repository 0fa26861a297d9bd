"""Segments of recordings as workers write them: Ogg/Opus, 20 ms a packet, of silence."""

import struct

# Polynomial of Ogg's checksum (RFC 3533, 6).
POLYNOMIAL = 0x04C11DB7
PACKET = 960  # samples at 48 kHz
PRE_SKIP = 312
SILENCE = b"\xf8\xff\xfe"  # 20 ms, CELT, mono, fullband
HEAD = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, PRE_SKIP, 48000, 0, 0)
TAGS = b"OpusTags" + struct.pack("<I", 6) + b"troupe" + struct.pack("<I", 0)


def checksum(page):
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (POLYNOMIAL if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def page(kind, position, number, packets):
    head = struct.pack("<4sBBqIII", b"OggS", 0, kind, position, 1, number, 0)
    rest = bytes([len(packets)]) + bytes(map(len, packets)) + b"".join(packets)
    crc = checksum(head + rest)
    return head[:22] + struct.pack("<I", crc) + rest


def segment(packets):
    """A file of so many packets, at most 255."""
    end = PRE_SKIP + packets * PACKET
    return page(2, 0, 0, [HEAD]) + page(0, 0, 1, [TAGS]) + page(4, end, 2, [SILENCE] * packets)
