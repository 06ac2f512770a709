# SPDX-License-Identifier: GPL-3.0-or-later
"""The program on terminals that Python makes: what it writes to them octet by octet, what
it leaves behind, and what it does when they are stuck, gone, or not good enough.

usage: screen.py PROGRAM TRACES
"""
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
import unicodedata

program, traces = os.path.abspath(sys.argv[1]), sys.argv[2]
bad = 0
done = 0
SLOW = float(os.environ.get("SLOW", "1"))  # under valgrind and the like: more patience


def wrong(text):
    global bad
    bad += 1
    print("screen:", text)


class Terminal:
    """A pseudo terminal with the program on it, as its controlling terminal."""

    def __init__(self, arguments, rows=24, cols=80, stdin=None, term="xterm-256color", **env):
        self.master, self.slave = pty.openpty()
        self.size(rows, cols)
        self.before = termios.tcgetattr(self.slave)
        self.out = b""
        self.status = None
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            os.dup2(self.slave if stdin is None else stdin, 0)
            os.dup2(self.slave, 1)
            os.dup2(self.slave, 2)
            os.closerange(3, 64)
            os.environ.pop("TMUX", None)
            os.environ.update(TERM=term, LC_ALL="C.UTF-8", SMTPSCOPERC="", **env)
            os.execv(program, [program] + arguments)

    def size(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, seconds):
        """What comes within the time; returns when nothing has come for it."""
        while select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.out += data

    def until(self, text, seconds=20.0):
        """Reads until the text was drawn somewhere; False: it never was."""
        end = time.time() + seconds * SLOW
        while text not in plain(self.out) and time.time() < end:
            self.read(0.05)
        return text in plain(self.out)

    def type(self, keys):
        os.write(self.master, keys)

    def gone(self, seconds=10.0):
        """Has the program ended by then?"""
        end = time.time() + seconds * SLOW
        while self.status is None and time.time() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
                break
            if self.master >= 0:
                self.read(0.02)
            else:
                time.sleep(0.02)
        return self.status is not None

    def close(self):
        if not self.gone(0):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)


# What curses may send to an xterm: ECMA-48 sequences with these final octets, the choice
# of a character set, keypad modes, and the control characters that move the cursor.
ALLOWED = re.compile(
    rb"\x1b\[\??[0-9;]*[ABCDGHJKLMPSTXdmrhltb@]|\x1b\([B0]|\x1b[=>78M]|[\r\n\b]|\x1b\[22;0;0t|\x1b\[23;0;0t"
)


def plain(octets):
    return ALLOWED.sub(b"", octets)


HIDDEN = {0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF} | set(range(0x200B, 0x2010)) | set(
    range(0x2028, 0x202F)) | set(range(0x2060, 0x2070)) | set(range(0xE0000, 0xE0080))


def check_harmless(name, octets):
    text = plain(octets)
    try:
        text = text.decode("utf-8")
    except UnicodeDecodeError as e:
        wrong("%s: octets that are no UTF-8 reached the terminal: %r" % (
            name, e.object[max(0, e.start - 20):e.start + 20]))
        return
    for i, c in enumerate(text):
        if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or ord(c) in HIDDEN or \
                unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn", "Co"):
            wrong("%s: U+%04X reached the terminal: %r" % (name, ord(c), text[max(0, i - 20):i + 20]))
            return


def case(function):
    global done
    done += 1
    function(function.__name__)


def hostile(name):
    """Every view of hostile text, at two sizes, in two ways of showing it."""
    for trace in ("screen-hostile.pcap", "report-hostile.pcap"):
        for options in ([], ["--ascii"]):
            t = Terminal(options + [os.path.join(traces, trace)], 50, 200)
            if not t.until(b"complete"):
                wrong("%s: %s did not load: %r" % (name, trace, t.out[-300:]))
            for keys in (b"\r", b"G", b"g", b"z", b"v", b"t", b"G", b"L", b"G", b"o", b"G", b"\r", b"q",
                         b"q", b"i", b"q", b"A\x1b[A", b"\r", b"/\xc2\x9b\r", b"?",
                         b"q", b":set columns sender,recipients,helo,banner,reply\r", b"\x0c"):
                t.type(keys)
                t.read(0.15 * SLOW)
            t.size(20, 60)
            t.read(0.3 * SLOW)
            t.type(b"q")
            check_harmless("%s %s %s" % (name, trace, options), t.out)
            if options and re.search(rb"[\x80-\xff]", t.out):
                wrong("%s: --ascii sends more than ASCII" % name)
            t.close()


def ends(name):
    """However it ends, the terminal is as it was."""
    for how in (b"Q", b"q", b":q\r", signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT,
                signal.SIGQUIT):
        t = Terminal([os.path.join(traces, "seed1-full.pcap")])
        if not t.until(b"complete"):
            wrong("%s: it did not load" % name)
        if termios.tcgetattr(t.slave)[3] & termios.ICANON:
            wrong("%s: the terminal is not raw while it runs" % name)
        t.type(how) if isinstance(how, bytes) else os.kill(t.pid, how)
        if not t.gone():
            wrong("%s: %r does not end it" % (name, how))
        t.read(0.1)
        deadly = how in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT)
        if t.status is not None and (t.status != 0) != deadly:
            wrong("%s: %r: got status %d" % (name, how, t.status))
        if deadly and t.status is not None and os.WTERMSIG(t.status) != how:
            wrong("%s: %r: got status %d" % (name, how, t.status))
        if termios.tcgetattr(t.slave) != t.before:
            wrong("%s: %r: the modes of the terminal are not what they were" % (name, how))
        for sequence, what in ((b"\x1b[?1049l", "screen"), (b"\x1b[?2004l", "paste")):
            if t.out.rfind(sequence) < t.out.rfind(sequence[:-1] + b"h"):
                wrong("%s: %r: the mode of the %s is not what it was" % (name, how, what))
        t.close()


def suspends(name):
    """^Z gives the terminal back; fg takes it again and draws everything."""
    t = Terminal([os.path.join(traces, "seed1-full.pcap")])
    t.until(b"complete")
    t.type(b"\x1a")
    t.read(0.5 * SLOW)
    # Nobody could wake a process that leads its session, so the system does not stop it;
    # what counts here is that the screen is given back and taken again.
    if b"\x1b[?1049l" not in t.out:
        wrong("%s: ^Z does not give the screen back" % name)
    os.kill(t.pid, signal.SIGCONT)
    t.out = b""
    t.type(b"\x0c")
    if not t.until(b"seed1-full.pcap"):
        wrong("%s: it did not come back: %r" % (name, t.out))
    t.type(b"Q")
    if not t.gone():
        wrong("%s: it hangs" % name)
    t.close()


def feed(fd, data, seconds):
    """Writes to a pipe that may be full; the octets that were taken in time."""
    os.set_blocking(fd, False)
    n, end = 0, time.time() + seconds * SLOW
    while n < len(data) and time.time() < end:
        try:
            n += os.write(fd, data[n:n + 4096])
        except BlockingIOError:
            time.sleep(0.01)
    return n


def big_capture(copies):
    """A capture of some megaoctets: frames of a trace, again and again."""
    with open(os.path.join(traces, "seed1-full.pcap"), "rb") as f:
        data = f.read()
    return data[:24] + data[24:] * copies


def stuck(name):
    """A terminal that takes nothing holds up nothing: all of standard input is read."""
    data = big_capture(600)
    r, w = os.pipe()
    t = Terminal(["--tui", "-r", "-"], 50, 200, stdin=r)
    os.close(r)
    t.until(b"reading")
    before = len(t.out)
    for _ in range(400):  # pictures enough to fill any terminal's buffer
        t.type(b"?q")
        if not select.select([], [t.master], [], 0)[1]:
            break
    n = feed(w, data, 60)
    if n != len(data):
        wrong("%s: only %d of %d octets were read" % (name, n, len(data)))
    os.close(w)
    if len(t.out) != before:
        wrong("%s: the terminal was read from" % name)
    t.out = b""
    if not t.until(b"complete", 60):
        wrong("%s: it did not finish: %r" % (name, t.out[-200:]))
    t.type(b"Q")
    if not t.gone():
        wrong("%s: it hangs" % name)
    t.close()


def vanishes(name):
    """The terminal goes away: the program ends, and what it writes is whole."""
    data = big_capture(3)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.pcap")
        r, w = os.pipe()
        t = Terminal(["--tui", "-r", "-", "-w", path], stdin=r)
        os.close(r)
        feed(w, data, 20)
        if not t.until(b"reading"):
            wrong("%s: it did not start: %r" % (name, t.out))
        end = time.time() + 20 * SLOW
        while not t.until(b"packets 186", 1) and time.time() < end:
            pass
        os.close(t.slave)
        os.close(t.master)
        t.slave = t.master = -1
        if not t.gone():
            wrong("%s: it goes on without a terminal" % name)
        elif t.status != 0:
            wrong("%s: got status %d" % (name, t.status))
        os.close(w)
        with open(path, "rb") as f:
            if f.read()[24:] != data[24:]:
                wrong("%s: the file that was written is not whole" % name)
        t.close()


def idle(name):
    """Nothing to do takes no time."""
    t = Terminal([os.path.join(traces, "seed2-both.pcap")])
    t.until(b"complete")
    t.read(0.5)

    def ticks():
        with open("/proc/%d/stat" % t.pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    if os.path.exists("/proc/%d/stat" % t.pid):
        before = ticks()
        drawn = len(t.out)
        t.read(3)
        if ticks() - before > 3:  # hundredths of a second in three seconds: 1 %
            wrong("%s: it took %d ticks in 3 s" % (name, ticks() - before))
        if len(t.out) != drawn:
            wrong("%s: it draws though nothing changes" % name)
    t.type(b"Q")
    t.gone()
    t.close()


def faces(name):
    """When it is the terminal interface, and when a report."""
    trace = os.path.join(traces, "seed1-full.pcap")
    for arguments, term, screen, status in (
            ([trace], "xterm", True, 0),
            ([trace], "vt100", True, 0),
            ([trace], "dumb", False, 0),
            ([trace], "nonsense", False, 0),
            ([trace, "-N"], "xterm", False, 0),
            ([trace, "-T", "jsonl"], "xterm", False, 0),
            ([trace, "-q"], "xterm", False, 0),
            ([trace, "-T", "text", "--tui"], "xterm", True, 0),
            ([trace, "--tui"], "dumb", False, 2),
            (["-r", "/nonexistent.pcap"], "xterm", False, 3),
            (["--version"], "xterm", False, 0)):
        t = Terminal(arguments, term=term)
        if screen:
            if not t.until(b"complete"):
                wrong("%s: %s on %s: no screen: %r" % (name, arguments, term, t.out[-200:]))
            t.type(b"Q")
        if not t.gone(30):
            wrong("%s: %s on %s: it does not end" % (name, arguments, term))
        elif os.WEXITSTATUS(t.status) != status:
            wrong("%s: %s on %s: got status %d, want %d" % (
                name, arguments, term, os.WEXITSTATUS(t.status), status))
        t.close()


def colors(name):
    """NO_COLOR and the themes without colours send none."""
    trace = os.path.join(traces, "seed1-full.pcap")
    colored = re.compile(rb"\x1b\[[0-9;]*\b(3[0-7]|4[0-7]|38|48)\b[0-9;]*m")
    for options, env, want in (([], {}, True), (["--theme=mono"], {}, False),
                               ([], {"NO_COLOR": "1"}, False), ([], {"NO_COLOR": ""}, True),
                               (["--theme=dark"], {"NO_COLOR": "1"}, True)):
        t = Terminal(options + [trace], **env)
        t.until(b"complete")
        t.read(0.2)
        if bool(colored.search(t.out)) != want:
            wrong("%s: %s %s: got colours %s" % (name, options, env, not want))
        t.type(b"Q")
        t.gone()
        t.close()


for test in (hostile, ends, suspends, stuck, vanishes, idle, faces, colors):
    case(test)
print("screen: %d cases, %d wrong" % (done, bad))
sys.exit(bad > 0)
