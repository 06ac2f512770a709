#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what -Y lets through with what the records of the whole report say.

    filter.py SMTPSCOPE TRACES

Each row below is a filter and the same question asked of the records of a session
by code that knows nothing of the program's.
"""
import glob
import ipaddress
import json
import os
import subprocess
import sys

LEVELS = ["note", "warning", "error"]
# As bad as its worst message; with the order of the report for people.
RESULTS = ["delivered", "unknown", "delivered-in-part", "deferred", "rejected", "aborted",
           "rejected-mid-data", "in-doubt", "lost"]


class Session:
    def __init__(self, records):
        self.flow = records[-1]
        self.session = self.flow["session"]
        self.mails = [r["smtp"] for r in records if r["event_type"] == "smtp"]
        self.findings = [r["finding"] for r in records if r["event_type"] == "anomaly"]

    def severity(self):
        return LEVELS.index(self.session["severity"]) if "severity" in self.session else -1

    def result(self):
        return max((m["result"] for m in self.mails), key=RESULTS.index, default=None)

    def ids(self):
        return {f["id"] for f in self.findings}

    def rcpts(self):
        return [r for m in self.mails for r in m["rcpt_to"]]

    def text(self, *names):
        return " ".join(str(self.session.get(n, "")) for n in names).lower()

    def octets(self):
        return self.flow["flow"]["bytes_toserver"] + self.flow["flow"]["bytes_toclient"]

    def within(self, net, *ends):
        return any(ipaddress.ip_address(self.flow[e]) in ipaddress.ip_network(net) for e in ends)


ROWS = [
    ("severity >= warning", lambda s: s.severity() >= 1),
    ("severity = none", lambda s: s.severity() < 0),
    ("errors = 0", lambda s: not [f for f in s.findings if f["severity"] == "error" and
                                  "consequence_of" not in f]),
    ("finding = any", lambda s: bool(s.findings)),
    ("finding ~ pipelin and finding !~ ^session", lambda s:
        any("pipelin" in i for i in s.ids()) and not any(i.startswith("session") for i in s.ids())),
    ("finding in (reply-mid-data, eod-missing, body-bare-newline)", lambda s:
        bool(s.ids() & {"reply-mid-data", "eod-missing", "body-bare-newline"})),
    ("kind = security", lambda s: any(f["kind"] == "security" for f in s.findings)),
    ("closure = quit", lambda s: s.session["closure"] == "quit"),
    ("session.closure not in (quit, server-fin)", lambda s:
        s.session["closure"] not in ("quit", "server-fin")),
    ("result = delivered", lambda s: s.result() == "delivered"),
    ("result in (lost, in-doubt, aborted)", lambda s: s.result() in ("lost", "in-doubt", "aborted")),
    ("results in (rejected, deferred)", lambda s:
        any(m["result"] in ("rejected", "deferred") for m in s.mails)),
    ("results != delivered", lambda s: all(m["result"] != "delivered" for m in s.mails)),
    ("finding.counted = reply-mid-data", lambda s:
        any(f["id"] == "reply-mid-data" and "consequence_of" not in f for f in s.findings)),
    ("finding = reply-missing and finding.counted != reply-missing", lambda s:
        "reply-missing" in s.ids() and
        all("consequence_of" in f for f in s.findings if f["id"] == "reply-missing")),
    ("messages > 1", lambda s: len(s.mails) > 1),
    ("rcpts >= 2", lambda s: len(s.rcpts()) >= 2),
    ("rcpt ~ @example.net or rcpt ~ \"b@\"", lambda s:
        any("@example.net" in r.lower() or "b@" in r.lower() for r in s.rcpts())),
    ("rcpt.domain = example.net", lambda s:
        any(r.lower().rpartition("@")[2] == "example.net" for r in s.rcpts() if "@" in r)),
    ("from != \"\" and not from = <>", lambda s:
        bool(s.mails) and all(m["mail_from"] for m in s.mails)),
    ("helo ~ example", lambda s: "example" in s.text("helo")),
    ("banner ~ esmtp", lambda s: "esmtp" in s.text("banner")),
    ("commands > 5 and replies > 5", lambda s:
        s.session["commands"] > 5 and s.session["replies"] > 5),
    ("octets > 2k", lambda s: s.octets() > 2048),
    ("duration >= 1s", lambda s: s.flow["flow"]["duration"] >= 1),
    ("retrans > 0", lambda s: "tcp" in s.flow and
        s.flow["tcp"]["retrans_toserver"] + s.flow["tcp"]["retrans_toclient"] > 0),
    ("tcp.midstream", lambda s: "tcp" in s.flow and s.flow["tcp"]["midstream"]),
    ("tls.via = starttls", lambda s: s.session["tls"] == "starttls"),
    ("tls", lambda s: s.session["tls"] != "none"),
    ("app = lmtp", lambda s: s.flow["app_proto"] == "lmtp"),
    ("host = 192.0.2.0/24", lambda s: s.within("192.0.2.0/24", "src_ip", "dest_ip")),
    ("server = 2001:db8::/32", lambda s: s.within("2001:db8::/32", "dest_ip")),
    ("dest_port in (25, 587)", lambda s: s.flow["dest_port"] in (25, 587)),
    ("qid != ''", lambda s: any("queue_id" in m for m in s.mails)),
    ("frame = 10", lambda s: s.flow["flow"]["first_frame"] <= 10 <= s.flow["flow"]["last_frame"]),
    ("number > 1", lambda s: s.flow["flow"]["number"] > 1),
]
TRACES = ["ok-*", "seed*", "pipelin*", "lmtp*", "bdat*", "starttls*", "tls*", "report-*", "tcp-*",
          "greylisting*", "harvest*", "capture-*", "decode-*"]
EVERY = 4  # of the traces, each filter sees one in so many


def run(command):
    p = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if p.returncode not in (0, 4) or (p.returncode == 0 and p.stderr):
        sys.exit(f"filter: {command}: status {p.returncode}: {p.stderr.decode()}")
    return p.stdout.decode().splitlines()


def sessions(lines):
    """Lines of each session, and the last record of the run."""
    out, part = [], []
    for line in lines[:-1]:
        part.append(line)
        if json.loads(line)["event_type"] == "flow":
            out.append(part)
            part = []
    return out, json.loads(lines[-1])["stats"]


def compare(command, text, wanted, whole):
    lines, stats = sessions(run(command + ["-Y", text]))
    want = [part for part in whole if wanted(Session([json.loads(x) for x in part]))]
    if lines != want:
        return f"{len(lines)} sessions, want {len(want)}"
    if stats["sessions"] != len(want) or stats["hidden_sessions"] != len(whole) - len(want):
        return f"counted as {stats['sessions']} and {stats['hidden_sessions']}"
    return None


def main():
    smtpscope, traces = sys.argv[1:]
    names = sorted({f for t in TRACES for f in glob.glob(os.path.join(traces, t + ".pcap"))})
    seen = {text: [0, 0] for text, _ in ROWS}
    bad = runs = 0
    for i, name in enumerate(names):
        rows = [r for k, r in enumerate(ROWS) if (k + i) % EVERY == 0]
        command = [smtpscope, "-N", "-T", "jsonl", "-r", name]
        whole, _ = sessions(run(command))
        for part in whole:
            session = Session([json.loads(x) for x in part])
            for text, wanted in ROWS:
                seen[text][bool(wanted(session))] += 1
        for text, wanted in rows:
            runs += 1
            fault = compare(command, text, wanted, whole)
            if fault:
                print(f"filter: {os.path.basename(name)}: {text}: {fault}")
                bad += 1
    for text, (no, yes) in seen.items():
        if not no or not yes:
            print(f"filter: {text}: says the same of all {no + yes} sessions: a test of nothing")
            bad += 1
    print(f"filter: {len(names)} traces, {runs} runs, {bad} faults")
    return bad != 0


sys.exit(main())
