#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How long a key waits for its answer in the terminal interface, over a capture of
# a million sessions: from the octets written to the terminal until the first octets
# of the answer, and until the last ones.  Also peak memory and processor time at
# rest.  Keys take turns; with a second program (BASE), the two take turns as well.
#
# Fails when the median of a first or of a complete answer is above KEYS_MAX_MS, when a key
# has none, when a session is missing from the list, when the peak is above KEYS_MAX_MB, or
# when the program at rest uses more than KEYS_MAX_IDLE percent of a processor.  Of BASE
# nothing is asked but to be measured; the last table has the ratios.
#
# Environment: SMTPSCOPE, LOADGEN    the programs (set by `make bench-keys')
#              BASE                  another smtpscope to compare with
#              KEYS_CAPTURE          a capture that is there already
#              KEYS_SESSIONS         sessions of the one that is made (1000000)
#              KEYS_DIR              where it is made, and found the next time (2.8 kB a session;
#                                    a temporary folder)
#              KEYS_RUNS             times each key is pressed (5)
#              KEYS_ONLY             a regular expression: only keys whose name has it
#              KEYS_MAX_MS           100
#              KEYS_MAX_MB           512
#              KEYS_MAX_IDLE         1.0
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROWS, COLS = 35, 120
QUIET = 0.2       # seconds without output and without work: the answer is complete
REST = 2000000    # ns of work in that time that still are rest
PATIENCE = 120    # seconds until a program that never comes to rest has failed
LOAD_PATIENCE = 900
UP, DOWN = b"\x1bOA", b"\x1bOB"
HOME, END, PAGE_DOWN = b"\x1bOH", b"\x1bOF", b"\x1b[6~"
NO_FILTER = b"&\x15\r"

# What is typed before and not measured, the key, what takes it back.
KEYS = [
    ("Down", b"", DOWN, b""),
    ("Page Down", b"", PAGE_DOWN, b""),
    ("End", b"", END, b""),
    ("Up at the end", b"", UP, b""),
    ("Home", b"", HOME, b""),
    ("Space (tag)", b"", b" ", b" "),
    ("T (tag all)", b"", b"T", b""),
    ("U (tag none)", b"", b"U", b""),
    ("e (next finding)", b"", b"e", HOME),
    ("/sender77 Enter", b"/sender77", b"\r", b""),
    ("n", b"", b"n", b""),
    ("N", b"", b"N", HOME),
    ("/nowhere Enter", b"/nowhere", b"\r", HOME),
    ("\\ (pane)", b"", b"\\", b"\\"),
    ("? (help)", b"", b"?", b"q"),
    ("i (incidents)", b"", b"i", b"q"),
    ("Enter (open)", b"", b"\r", b"q"),
    ("l (ladder)", b"", b"l", b"q"),
    ("t (transcript)", b"", b"t", b"q"),
    ("& (prompt)", b"", b"&", b"\x1b"),
]
# ":set sort" of what the list can be sorted by, one after the other, and the other way round.
COLUMNS = b":set columns number,start,client,server,severity,result,end,duration,octets," \
          b"tx,rcpt,sender,helo\r"
SORTS = ["number", "start", "client", "server", "result", "end", "duration", "octets", "tx",
         "rcpt", "sender", "helo", "severity"]
KEYS += [("sort by " + name, b":set sort " + name.encode(), b"\r", b"") for name in SORTS]
KEYS += [("z (reverse)", b"", b"z", b"z")]
FILTERS = ["severity >= warning", "rcpts > 2 and octets < 10k", "host = 198.51.100.77",
           "rcpt ~ \"7777@\"", "from.domain = example.com", "finding = reply-mid-data",
           "sender4711", "nowhere"]
KEYS += [("& " + text, b"&\x15" + text.encode(), b"\r", NO_FILTER) for text in FILTERS]

# While the file is read pictures come by themselves, so each key has its own sign.
WHILE_LOADING = [
    ("? (help)", b"", b"?", b"q", rb"(?i)keys"),
    ("a letter typed", b":", b"Q", b"\x1b", rb"Q"),
    ("Space (tag)", HOME + b"U", b" ", b"", rb"\*"),
    ("i (incidents)", b"", b"i", b"q", rb"(?i)incident"),
]


class Program:
    def __init__(self, path, args, live=False):
        self.live = live
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", SMTPSCOPERC="/dev/null")
            # The window has its size before anything is drawn.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
            os.execve(path, [path] + args, env)
        self.output = b""

    def read(self, seconds):
        """What comes within that time; b"": nothing."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return b""
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            raise SystemExit("keys: the program ended: %r" % self.output[-300:])
        self.output = (self.output + data)[-400000:]
        return data

    def work(self):
        """Processor time so far, ns, of all threads."""
        total = 0
        for task in os.listdir("/proc/%d/task" % self.pid):
            try:
                with open("/proc/%d/task/%s/schedstat" % (self.pid, task)) as f:
                    total += int(f.read().split()[0])
            except FileNotFoundError:
                pass
        return total

    def rest(self, patience=PATIENCE):
        """Reads until nothing happens any more."""
        began = time.monotonic()
        before = self.work()
        while time.monotonic() - began < patience:
            if self.read(QUIET):
                before = None
                continue
            now = self.work()
            if before is not None and now - before < REST:
                return
            before = now
        raise SystemExit("keys: no rest within %d s" % patience)

    def pass_time(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(min(0.05, max(0, until - time.monotonic())))

    def type(self, octets):
        if octets:
            os.write(self.fd, octets)

    def press(self, octets, sign=None, wait=True):
        """Milliseconds to the first answer and to the last, and of the processor.  None: there
        was no answer.  `sign': what the answer has in it; not `wait': the last one is not."""
        before = work = self.work()
        seen = b""
        first = last = None
        began = time.monotonic()
        self.type(octets)
        while time.monotonic() - began < PATIENCE:
            data = self.read(QUIET)
            now = time.monotonic()
            if data:
                seen += data
                if first is None and (sign is None or re.search(sign, seen)):
                    first = now
                last = now
                if first and not wait:
                    break
                continue
            done = self.work()
            if done - work < REST:
                break
            work = done
        if first is None:
            return None
        return (first - began) * 1e3, (last - began) * 1e3, (self.work() - before) / 1e6

    def shown(self):
        """Rows shown and kept, as the screen says."""
        self.output = b""
        self.type(b"\x0c")
        self.rest()
        m = re.search(rb"shown ([\d,. ]+) of ([\d,. ]*\d)", re.sub(rb"\x1b\[[\d;?]*[A-Za-z]", b"",
                                                                 self.output))
        return tuple(int(re.sub(rb"\D", b"", g)) for g in m.groups()) if m else None

    def memory(self):
        with open("/proc/%d/status" % self.pid) as f:
            return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) / 1024

    def idle(self, seconds):
        before = self.work()
        self.pass_time(seconds)
        return (self.work() - before) / 1e7 / seconds

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        try:
            while self.read(5):
                pass
        except SystemExit:
            pass
        self.usage = os.wait4(self.pid, 0)[2]
        os.close(self.fd)


def table(title, names, results):
    print("\n%s: milliseconds" % title)
    print("%-36s %8s %8s %10s %8s %8s" % ("key", "first", "worst", "complete", "worst", "work"))
    for name in names:
        got = results.get(name)
        if not got:
            print("%-36s no answer" % name)
            continue
        first, last, work = zip(*got)
        print("%-36s %8.1f %8.1f %10.1f %8.1f %8.1f" %
              (name, statistics.median(first), max(first), statistics.median(last), max(last),
               statistics.median(work)))


def while_loading(path, capture, runs):
    """Keys in turn while the file is read."""
    p = Program(path, ["-r", capture])
    results = {}
    began = time.monotonic()
    while b"reading" not in p.output and b"complete" not in p.output:
        p.read(1)
    p.pass_time(1)
    for _ in range(runs):
        for name, before, key, after, sign in WHILE_LOADING:
            p.type(before)
            p.pass_time(0.2)
            got = p.press(key, sign, wait=False)
            work = p.work()
            p.type(after)
            p.pass_time(0.3)
            # What came while nothing was read any more is no answer to this question.
            if got and p.work() - work > 10 * REST:
                results.setdefault(name, []).append(got)
    p.rest(LOAD_PATIENCE)
    print("loaded in %.1f s while keys were pressed" % (time.monotonic() - began))
    return p, results


def chosen(keys):
    return [k for k in keys if re.search(os.environ.get("KEYS_ONLY", ""), k[0])]


def at_rest(programs, runs):
    results = [{} for _ in programs]
    for _ in range(runs):
        for name, before, key, after in chosen(KEYS):
            for p, result in zip(programs, results):
                p.type(before)
                p.rest()
                got = p.press(key)
                if got:
                    result.setdefault(name, []).append(got)
                p.type(after)
                p.rest()
    return results


def ratios(results):
    """What a key costs, compared with the other program."""
    print("\nratio to BASE of the medians")
    print("%-36s %10s %8s" % ("key", "complete", "work"))
    for name in [k[0] for k in chosen(KEYS)]:
        if all(name in r for r in results):
            now, base = ([statistics.median(c) for c in zip(*r[name])] for r in results)
            print("%-36s %10.2f %8.2f" % (name, now[1] / base[1], now[2] / base[2]))


def too_late(title, keys, results, columns):
    """Complaints: no answer, or a median above the limit, in columns of the results."""
    most = float(os.environ.get("KEYS_MAX_MS", "100"))
    for name in [k[0] for k in keys]:
        got = list(zip(*results.get(name, [])))
        if not got:
            yield "%s: %s: no answer" % (title, name)
        for what, i in columns:
            if got and statistics.median(got[i]) > most:
                yield "%s: %s: the %s answer came after %.1f ms" % (
                    title, name, what, statistics.median(got[i]))


def make_capture(directory):
    path = os.path.join(directory, "keys.pcap")
    if os.path.exists(path):
        return path
    subprocess.run([os.environ.get("LOADGEN", "tests/bench/loadgen"), "-o", path + ".part", "-m",
                    "200", "-n", os.environ.get("KEYS_SESSIONS", "1000000"), "-v", "5000"],
                   check=True)
    os.rename(path + ".part", path)
    return path


def main():
    paths = [os.environ.get("SMTPSCOPE", "./smtpscope")]
    if os.environ.get("BASE"):
        paths.append(os.environ["BASE"])
    runs = int(os.environ.get("KEYS_RUNS", "5"))
    with tempfile.TemporaryDirectory() as temporary:
        capture = os.environ.get("KEYS_CAPTURE") or \
            make_capture(os.environ.get("KEYS_DIR") or temporary)
        bad = measure([os.path.abspath(p) for p in paths], capture, runs)
    for text in bad:
        print("keys: " + text)
    return bool(bad)


def measure(paths, capture, runs):
    bad, programs = [], []
    for path in paths:
        p, loading = while_loading(path, capture, runs)
        programs.append(p)
        table("%s, while the file is read" % path, [k[0] for k in WHILE_LOADING], loading)
        if p is programs[0]:
            bad += too_late("while the file is read", WHILE_LOADING, loading, [("first", 0)])
    for path, p in zip(paths, programs):
        p.type(COLUMNS)
        p.rest()
        rows = p.shown()
        print("%s: shown and kept: %s, peak %.1f MB" % (path, rows, p.memory()))
        if rows is None or rows[0] != rows[1]:
            bad.append("%s: not all sessions are shown" % path)
    results = at_rest(programs, runs)
    for path, result in zip(paths, results):
        table("%s, at rest" % path, [k[0] for k in chosen(KEYS)], result)
    if len(results) > 1:
        ratios(results)
    bad += too_late("at rest", chosen(KEYS), results[0], [("first", 0), ("complete", 1)])
    for path, p in zip(paths, programs):
        idle, peak = p.idle(10), p.memory()
        print("\n%s: peak memory %.1f MB, processor at rest %.2f %%" % (path, peak, idle))
        if p is programs[0] and peak > float(os.environ.get("KEYS_MAX_MB", "512")):
            bad.append("peak memory %.1f MB" % peak)
        if p is programs[0] and idle > float(os.environ.get("KEYS_MAX_IDLE", "1")):
            bad.append("%.2f %% of a processor at rest" % idle)
        p.end()
    return bad


if __name__ == "__main__":
    sys.exit(main())
