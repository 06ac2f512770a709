#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the program's own transcripts again and compares what is found.

    transcripts.py SMTPSCOPE TRACES

For every capture NAME.pcap in TRACES, `-T transcript' is read back.  What was found then
is what had been found in the packets, without the checks that need TCP (--list-checks
tells which do), with at most the same confidence, and with transcript-input.  A message
whose text was not shown gives no findings about its text.

The same goes for the tables of frames that `-T text -v' and `-T text' write; the latter
leaves out most lines of replies, so it may lose findings, but must not add any.

The captures in DIFFERS say more, or less, in packets than in a transcript, those in
TABLES in a table of frames.
One line per fault, exit 1 if there was one.
"""
import json
import os
import subprocess
import sys
import tempfile

GRADES = ["possible", "probable", "certain"]

# Findings about octets that a transcript has not: message text, line ends, cut lines.
UNSEEN = {
    "8bit-without-8bitmime", "body-bare-newline", "body-nul", "command-bare-lf", "dot-unstuffed",
    "eod-nonstandard", "reply-bad-eol", "size-exceeded", "smuggled-commands", "text-line-too-long",
}
DIFFERS = {
    # Acknowledgement numbers contradict the order of the frames.
    "early-talker-near": "early-talker", "rset-before-eod-reply-near": "rset-before-eod-reply",
    "reply-before-command-gap": "reply-before-command", "seed3-E": "reply-mid-data",
    "seed1-dot-before-552-old-ack": "reply-mid-data session-421",
    "bdat-reply-count": "bdat-reply-count", "seed2-fin-not-covering": "pipelined-commands-lost",
    # The cause is silent in a transcript, and what followed from it stands alone.
    "bdat-size-mismatch-over": "reply-unsolicited", "eod-missing": "reply-mid-data",
    "starttls-response-injection": "reply-unsolicited",
    # That the beginning was not captured, a transcript does not say.
    "early-talker-unseen": "early-talker",
    "lawful-midstream-group": "command-unknown pipelined-commands-lost reply-before-command",
    # Judged over several sessions: the addresses in a transcript prove nothing.
    "auth-bruteforce-many": "auth-bruteforce", "greylisting-later": "greylisting",
    "put-off": "greylisting",
    "harvest-many": "harvest", "starttls-refused-continue-later": "starttls-refused-continue",
    "starttls-refused-continue-later-tls": "starttls-refused-continue",
    # Judged by times.
    "reply-multiline-open": "reply-multiline-open",
    # Not shown in full.
    "command-line-too-long-auth": "command-line-too-long ehlo-capability-refused",
    "lawful-auth-long": "command-line-too-long",
    "capture-truncated": "path-syntax", "lawful-snaplen-group": "path-syntax",
    "lawful-auth-cut": "auth-offered-in-clear",
    # A blank in front of a command looks like indentation.
    "auth-stray": "ehlo-capability-refused",
    # A transcript shows one of two contents.
    "tcp-evasion-doubt": "reply-mid-data",
    "data-as-commands": "reply-unsolicited",
    "ok-connect-to-smtp": "http-to-smtp reply-unsolicited",
    "pipelined-commands-lost-gap": "callout-probe", "seed1-excerpt": "reply-mid-data",
    "private-extension": "private-extension", "command-unknown-near": "private-extension",
    "reply-line-too-long-gap": "callout-probe",
}
TABLES = {
    # What bears no code is not taken for a reply.
    "foreign-protocol": "foreign-protocol", "foreign-protocol-gap": "reply-syntax",
    "foreign-protocol-near": "reply-syntax", "reply-syntax": "reply-syntax",
    "report-hostile-names": "greeting-format", "seed2-d-garbage": "reply-syntax",
    # Long lines are cut to fit.
    "command-line-too-long": "command-line-too-long", "reply-line-too-long": "reply-line-too-long",
    "redact-long": "path-too-long",
    "rcpt-limit-line-near": "command-line-too-long path-too-long",
    "screen-hostile": "command-control-char command-unknown ehlo-argument path-too-long",
    # A cause that is not shown leaves what followed from it alone.
    "bdat-unadvertised-commands": "reply-unsolicited", "seed3-F": "rset-before-eod-reply",
}


def run(*args):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          check=False)


def findings(smtpscope, path):
    """The best grade of each check that found something of its own; None: not read."""
    p = run(smtpscope, "-N", "-T", "jsonl", "-r", path)
    if p.returncode:
        return None, p.stderr.decode("utf-8", "replace").strip()
    found = {}
    for line in p.stdout.splitlines():
        f = json.loads(line).get("finding")
        if f and "consequence_of" not in f:
            grade = GRADES.index(f["confidence"])
            found[f["id"]] = max(grade, found.get(f["id"], 0))
    return found, ""


FORMS = [("transcript",), ("text", "-v"), ("text",)]


def compare(smtpscope, name, path, text, tcp, form):
    """Faults of one trace, written in one form."""
    packets, _ = findings(smtpscope, path)
    with open(text, "wb") as f:
        f.write(run(smtpscope, "-N", "-T", *form, "-r", path).stdout)
    with open(text, "rb") as f:
        starts = {line.lstrip(b" 0123456789")[:3] for line in f}
    marked = {b"C> ", b"S> "} <= starts  # one side alone is no dialogue
    again, why = findings(smtpscope, text)
    if packets is None:
        return
    if again is None:
        if marked:
            yield f"its transcript is not read: {why}"
        return
    again.pop("transcript-input", None)
    excused = set(DIFFERS.get(name, "").split())
    if form != FORMS[0]:
        excused |= set(TABLES.get(name, "").split())
    for ident in sorted(set(again) - set(packets) - excused):
        yield f"only the transcript has {ident}"
    for ident in sorted(set(packets) - set(again) - tcp - UNSEEN - excused):
        if form != FORMS[2]:
            yield f"the transcript has lost {ident}"
    for ident in sorted(set(packets) & set(again) - excused):
        if again[ident] > packets[ident]:
            yield f"{ident} is {GRADES[again[ident]]} in the transcript, {GRADES[packets[ident]]} in packets"
    for ident in sorted(set(again) & tcp):
        yield f"{ident} needs TCP, and spoke in a transcript"


def main():
    smtpscope, traces = sys.argv[1:]
    checks = [json.loads(x) for x in run(smtpscope, "--list-checks", "-T", "jsonl").stdout.splitlines()]
    tcp = {c["id"] for c in checks if c["needs_tcp"]}
    names = sorted(f[:-5] for f in os.listdir(traces) if f.endswith(".pcap"))
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        text = os.path.join(folder, "transcript")
        for name in names:
            path = os.path.join(traces, name + ".pcap")
            for form in FORMS:
                for fault in compare(smtpscope, name, path, text, tcp, form):
                    print(f"{name}: {' '.join(form)}: {fault}")
                    faults += 1
    print(f"transcripts: {len(names)} captures, {len(tcp)} of {len(checks)} checks need TCP, {faults} faults")
    return 1 if faults or not names or not tcp else 0


if __name__ == "__main__":
    sys.exit(main())
