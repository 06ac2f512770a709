# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of progress, as a terminal sees it.

    progress.py SMTPSCOPE CAPTURE

A capture is fed through a pipe, slowly, with standard error on a terminal of ours.
One line per fault; the exit status is 1 if there was any.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

SMTPSCOPE, CAPTURE = sys.argv[1:3]
LINE = re.compile(rb"\rsmtpscope: \d+ packets, \d+ a second")
faults = []


def say(text):
    faults.append(text)
    print(f"progress: {text}")


def take_terminal(fd):
    """In the child: the terminal is its own, and it is in front."""
    os.setsid()
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)


def packets():
    """The file header, then each record of a pcap file."""
    with open(CAPTURE, "rb") as f:
        octets = f.read()
    yield octets[:24]
    at = 24
    while at < len(octets):
        n = 16 + struct.unpack_from("<I", octets, at + 8)[0]
        yield octets[at:at + n]
        at += n


def run(seconds, stdout_terminal, stderr_terminal=True, usr1=False):
    """What the terminal got, what a file of the report has, the exit status, the time."""
    master, slave = pty.openpty()
    report = tempfile.TemporaryFile()
    errors = tempfile.TemporaryFile()
    child = subprocess.Popen(
        [SMTPSCOPE, "-N", "-r", "-"], stdin=subprocess.PIPE,
        stdout=slave if stdout_terminal else report,
        stderr=slave if stderr_terminal else errors,
        preexec_fn=lambda: take_terminal(slave))
    os.close(slave)
    parts = list(packets())
    seen = b""
    start = time.monotonic()
    for i, part in enumerate(parts):
        child.stdin.write(part)
        child.stdin.flush()
        until = start + seconds * (i + 1) / len(parts)
        if usr1 and i == len(parts) // 2:
            child.send_signal(signal.SIGUSR1)
        while time.monotonic() < until:
            seen += read(master, until - time.monotonic())
    child.stdin.close()
    while child.poll() is None:
        seen += read(master, 0.05)
    took = time.monotonic() - start
    seen += read(master, 0.05)
    os.close(master)
    report.seek(0)
    errors.seek(0)
    return seen, report.read(), errors.read(), child.returncode, took


def read(fd, seconds):
    if not select.select([fd], [], [], max(seconds, 0))[0]:
        return b""
    try:
        return os.read(fd, 65536)
    except OSError:
        return b""


def is_erased(seen):
    """The last line of the terminal has nothing but blanks, whatever was drawn before."""
    return seen.replace(b"\r\n", b"\n").rsplit(b"\r", 1)[-1].strip() == b"" and \
        re.search(rb"\r +\r$", seen) is not None


def main():
    seen, report, _, rc, took = run(2.5, False)
    lines = len(LINE.findall(seen))
    if rc != 0:
        say(f"status {rc}")
    if lines < 2:
        say(f"{lines} lines in {took:.1f} s, want some: {seen!r}")
    if lines > 5 * took + 1:
        say(f"{lines} lines in {took:.1f} s, want at most five a second")
    if not is_erased(seen):
        say(f"the line was not erased: {seen[-80:]!r}")
    if b"packets," in report or b"\r" in report:
        say("progress is in the report")

    quick, _, _, _, _ = run(0.1, False)
    if quick:
        say(f"a short run shows progress: {quick!r}")

    seen, _, errors, _, _ = run(1.5, False, stderr_terminal=False)
    if seen or errors:
        say(f"standard error is no terminal, and has {errors!r}, the terminal {seen!r}")

    # The report on the same terminal: every line of it begins where the line was taken away.
    seen, _, _, _, _ = run(3.5, True)
    if not LINE.search(seen):
        say(f"a silent report hides the progress: {seen!r}")
    for m in re.finditer(rb"a second([^\r]+)", seen):
        if m.group(1).strip():
            say(f"the report goes on behind the progress: {m.group(0)[:60]!r}")

    _, _, errors, _, _ = run(1.0, False, stderr_terminal=False, usr1=True)
    if not re.match(rb"smtpscope: \d+ packets, 0 dropped by kernel; .*\n$", errors):
        say(f"SIGUSR1 got {errors!r}")
    print(f"progress: {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
