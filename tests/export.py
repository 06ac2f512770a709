#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Captures written with -w FILE.pcapng, judged without the program's own reader:
# every frame is one of the source, in its order, with its time; every finding is
# a comment on its frame; and the program finds the same in the new file.
#
# Then the same with --redact: form and times of the frames and all findings are the
# same, and no name and no text of the trace is in the file.
#
#	export.py SMTPSCOPE FOLDER CAPTURE...
#
# The redacted files stay in the folder.
import collections
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import redaction

Frame = collections.namedtuple("Frame", "ts dlt data wirelen comments")


def options(body, at):
    while at + 4 <= len(body):
        code, n = struct.unpack_from("<HH", body, at)
        at += 4
        if code == 0:
            assert at == len(body), "octets behind the end of options"
            return
        assert at + n <= len(body), "an option passes its block"
        assert not any(body[at + n:at + n + -n % 4]), "padding is not zero"
        yield code, body[at:at + n]
        at += n + -n % 4
    assert at == len(body), "options without their end"


def read_pcapng(path):
    """The frames and the comment of the section; strict about what we write."""
    octets = open(path, "rb").read()
    frames, interfaces, section, at = [], [], None, 0
    while at < len(octets):
        kind, n = struct.unpack_from("<II", octets, at)
        assert n % 4 == 0 and n >= 12 and at + n <= len(octets), "length of a block"
        assert struct.unpack_from("<I", octets, at + n - 4)[0] == n, "length at its end"
        body = octets[at + 8:at + n - 4]
        at += n
        if kind == 0x0a0d0d0a:
            assert body[:4] == b"\x4d\x3c\x2b\x1a" and section is None
            section = [v.decode() for c, v in options(body, 16) if c == 1]
        elif kind == 1:
            have = dict(options(body, 8))
            shift = struct.unpack("<q", have[14])[0] if 14 in have else 0
            interfaces.append((struct.unpack_from("<H", body)[0],
                               10 ** (9 - have[9][0]), shift * 10 ** 9))
        elif kind == 6:
            i, high, low, caplen, wirelen = struct.unpack_from("<5I", body)
            dlt, unit, shift = interfaces[i]
            end = 20 + caplen
            said = [v.decode() for c, v in options(body, end + -caplen % 4) if c == 1]
            frames.append(Frame((high << 32 | low) * unit + shift, dlt, body[20:end], wirelen,
                                said))
        else:
            assert kind in (4, 5), "block of type %#x" % kind
    return frames, section


def read_pcap(path):
    octets = open(path, "rb").read()
    order = "<" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    magic, = struct.unpack_from(order + "I", octets)
    if magic not in (0xa1b2c3d4, 0xa1b23c4d):
        return None
    unit = 1 if magic == 0xa1b23c4d else 1000
    dlt = struct.unpack_from(order + "I", octets, 20)[0] & 0xffff
    frames, at = [], 24
    while at + 16 <= len(octets):
        s, frac, n, wirelen = struct.unpack_from(order + "4I", octets, at)
        if at + 16 + n > len(octets):
            break
        frames.append(Frame(s * 10 ** 9 + frac * unit, dlt, octets[at + 16:at + 16 + n],
                            max(wirelen, n), []))
        at += 16 + n
    return frames


def records(smtpscope, capture, *more):
    run = subprocess.run([smtpscope, "-N", "-T", "jsonl", "-r", capture] + list(more),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode not in (0, 4):
        raise AssertionError("exit status %d: %s" % (run.returncode, run.stderr.decode()))
    return [json.loads(line) for line in run.stdout.splitlines()]


def redact(smtpscope, capture, out):
    run = subprocess.run([smtpscope, "-N", "-q", "--redact", "-r", capture, "-w", out],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if run.returncode not in (0, 4):
        raise AssertionError("exit status %d: %s" % (run.returncode, run.stderr.decode()))


def findings(lines):
    found = [r["finding"] for r in lines if "finding" in r]
    return [(f["id"], f["severity"], f["confidence"], f["frame"]) for f in found]


def times(lines):
    return collections.Counter((r["finding"]["id"], r["finding"]["count"]) for r in lines if "finding" in r)


# Words that say nothing about anybody stay, wherever they stand.
PLAIN = set()


def words_of(source):
    """The words that the program lets stay."""
    with open(source) as f:
        return set(re.findall(r'"([a-z0-9]+)"', f.read()))


def statements(trace):
    """A trace without its headers and comments."""
    with open(trace, encoding="latin-1") as f:
        return [line for line in f if not line.startswith("#") and not
                re.match(r"(options|about|fires|may|silent|absent|folds|reports): ?", line)]


def names_of(trace):
    """Mail addresses, host names and IP addresses that the trace says."""
    text = re.sub(r"\\x[0-9a-fA-F]{2}|\\[rnt0]", " ", "".join(statements(trace)))
    return redaction.names_in(text)


def secrets(trace):
    """What nobody may find in the octets of a conversation: its names, and words of its text."""
    lines = statements(trace)
    said = re.sub(r"\\x[0-9a-fA-F]{2}|\\[rnt0]", " ",
                  " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', "".join(lines))))
    words = {w for w in re.findall(r"[A-Za-z0-9]+", said)
             if len(w) > 4 and not w.isdigit() and w.lower() not in PLAIN}
    return words | {n for n in names_of(trace)
                    if not n.startswith("127.") and n.lower() not in PLAIN}


def check_plain(capture, lines, frames, section, again):
    """A copy with comments; returns the findings by the numbers of its own frames."""
    source = read_pcap(capture)
    assert section and len(section) == 1, "no section comment"
    number = {}  # in the file, by number in the source
    at = 0
    for i, f in enumerate(frames):
        while source is not None and at < len(source) and \
                (source[at].ts, source[at].data, source[at].wirelen, source[at].dlt) != \
                (f.ts, f.data, f.wirelen, f.dlt):
            at += 1
        assert source is None or at < len(source), "frame %d is none of the source" % (i + 1)
        at += 1
        number[at if source is not None else i + 1] = i + 1
    said = collections.Counter()
    for i, f in enumerate(frames):
        for c in f.comments:
            word = c.split(" ", 4)
            assert word[0] == "smtpscope" and word[3].endswith(":"), "comment: " + c
            said[word[1], word[2], word[3][:-1], i + 1] += 1
    told = collections.Counter()
    for id_, severity, confidence, frame in findings(lines):
        assert frame in number, "frame %d of %s is not written" % (frame, id_)
        told[id_, severity, confidence, number[frame]] += 1
    assert said == told, "comments %s, findings %s" % (said - told, told - said)
    assert collections.Counter(again) == told, "read again: %s" % (set(again) ^ set(told))
    return again


def check_hidden(trace, before, after, section, source, again):
    """The redacted copy against the plain one."""
    assert len(before) == len(after), "%d frames of %d" % (len(after), len(before))
    for i, (a, b) in enumerate(zip(before, after)):
        assert (a.ts, a.dlt, a.wirelen, len(a.data)) == (b.ts, b.dlt, b.wirelen, len(b.data)), \
            "frame %d has another form" % (i + 1)
    assert sorted(again) == sorted(source), "redacted: lost %s, new %s" % (
        sorted(set(source) - set(again)), sorted(set(again) - set(source)))
    octets = b"\0".join(f.data for f in after).lower()
    for secret in secrets(trace):
        assert secret.lower().encode("latin-1") not in octets, "%r is in it" % secret
    texts = "\0".join(section + [c for f in after for c in f.comments]).lower()
    for name in names_of(trace):
        assert name.lower() not in texts, "%r is in a comment" % name


def check(smtpscope, capture, work, keep):
    name = os.path.basename(capture)[:-4] + "pcapng"
    plain, hidden = os.path.join(work, name), os.path.join(keep, name)
    lines = records(smtpscope, capture, "-w", plain)
    frames, section = read_pcapng(plain)
    again = check_plain(capture, lines, frames, section, findings(records(smtpscope, plain)))
    redact(smtpscope, capture, hidden)
    after, section = read_pcapng(hidden)
    written = records(smtpscope, hidden)
    check_hidden(capture[:-4] + "trace", frames, after, section, again, findings(written))
    assert times(written) == times(lines), "redacted: other counts %s" % (
        (times(written) - times(lines)) + (times(lines) - times(written)))
    return len(again), len(frames)


def main():
    smtpscope, keep, captures = sys.argv[1], sys.argv[2], sys.argv[3:]
    PLAIN.update(words_of(os.path.join(os.path.dirname(sys.argv[0]),
                                       "../src/export/wording_table.c")))
    bad = n = nframes = 0
    with tempfile.TemporaryDirectory() as work:
        for capture in captures:
            try:
                some, frames = check(smtpscope, capture, work, keep)
                n += some
                nframes += frames
            except (AssertionError, KeyError, IndexError, struct.error) as e:
                print("%s: %s: %s" % (os.path.basename(capture), type(e).__name__, e))
                bad += 1
    print("export: %d captures, %d frames, %d findings, %d bad" % (len(captures), nframes, n, bad))
    return bad > 0 or n == 0


sys.exit(main())
