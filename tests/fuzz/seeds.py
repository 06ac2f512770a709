#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""seeds.py OUT CAPTURE... - inputs of tests/fuzz/dialogue.c, one from each capture.

Reads the captures as mktrace writes them: Ethernet, IPv4, TCP, the server on port 25.
What the target cannot say is left out: a seed needs not be the same dialogue.
"""
import os
import struct
import sys

SEND, OLD, AGAIN, LOSE, FIN, RST, WAIT, NEXT = 0, 2, 4, 6, 8, 10, 12, 13


def segments(path):
    """(time in us, client's port, direction, flags, seq, ack, payload) of each frame."""
    octets = open(path, "rb").read()
    at = 24
    while at + 16 <= len(octets):
        seconds, fraction, caplen, _ = struct.unpack_from("<IIII", octets, at)
        frame = octets[at + 16 : at + 16 + caplen]
        at += 16 + caplen
        if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        ip = frame[14:]
        total = struct.unpack_from(">H", ip, 2)[0]
        tcp = ip[(ip[0] & 15) * 4 : total]
        if len(tcp) < 20:
            continue
        sport, dport, seq, ack = struct.unpack_from(">HHII", tcp)
        payload = tcp[(tcp[12] >> 4) * 4 :]
        if dport < 1024:
            yield seconds * 1000000 + fraction, sport, 0, tcp[13], seq, ack, payload
        elif sport < 1024:
            yield seconds * 1000000 + fraction, dport, 1, tcp[13], seq, ack, payload


def said(kind, payload):
    for i in range(0, len(payload), 255):
        piece = payload[i : i + 255]
        yield bytes([kind, len(piece)]) + piece


def dialogue(path):
    first, port, last = True, None, 0
    seq, seen = [None, None], [None, None]
    for us, p, way, flags, s, ack, payload in segments(path):
        if port is not None and p != port and flags & 2 and way == 0:
            yield bytes([NEXT, 0])
            seq, seen = [None, None], [None, None]
        if not first and us - last > 200000:
            yield bytes([WAIT, min(255, (us - last) // 100000)])
        port, last, first = p, us, False
        if flags & 2:
            seq[way] = s + 1 & 0xFFFFFFFF
            continue
        if seq[way] is None:
            seq[way] = s
        ahead = (s - seq[way] + (1 << 31) & 0xFFFFFFFF) - (1 << 31)
        while 0 < ahead < 2000:
            yield bytes([LOSE + way, min(255, ahead)])
            ahead -= min(255, ahead)
        if payload:
            again = s != seq[way] and ahead < 0
            old = seq[1 - way] is not None and ack != seq[1 - way]
            yield from said((AGAIN if again else OLD if old else SEND) + way, payload)
            if not again:
                seq[way] = s + len(payload) & 0xFFFFFFFF
        if flags & 1:
            yield bytes([FIN + way, 0])
        if flags & 4:
            yield bytes([RST + way, 0])


def main():
    out, captures = sys.argv[1], sys.argv[2:]
    for i, path in enumerate(captures):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(os.path.join(out, name), "wb") as f:
            f.write(bytes([i % 7]) + b"".join(dialogue(path)))


main()
