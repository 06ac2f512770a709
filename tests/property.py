#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surgery on the traces that ask for it with a header "property:".

    drop   without any one frame no finding may be an error that is certain
    dup    any frame captured twice changes no finding
    swap   any two neighbours captured in the other order change no finding

"Finding" is id, severity and confidence of what is not a consequence, and the outcome
of every transaction counts as one.  Exit 1 if a property does not hold.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile


def analyse(smtpscope, capture, options):
    p = subprocess.run([smtpscope, "-N", "-T", "jsonl"] + options + ["-r", capture],
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    if p.returncode != 0:
        raise RuntimeError(f"status {p.returncode}: {p.stderr.decode(errors='replace')[:200]}")
    found = collections.Counter()
    for line in p.stdout.decode("utf-8").splitlines():
        r = json.loads(line)
        if r["event_type"] == "anomaly" and not r["finding"].get("consequence_of"):
            f = r["finding"]
            found[(f["id"], f["severity"], f["confidence"])] += 1
        elif r["event_type"] == "smtp":
            found[("result", r["smtp"]["result"], "")] += 1
    return found


def headers_of(mktrace, trace):
    text = subprocess.run([mktrace, "--headers", trace], check=True, capture_output=True).stdout.decode()
    ops, options = [], []
    for line in text.splitlines():
        key, _, value = line.partition(": ")
        if key == "property":
            ops += value.split()
        elif key == "options":
            options += value.split()
    return ops, options


def complaint(op, found, base):
    if op == "drop":
        bad = [k for k in found if k[1] == "error" and k[2] == "certain"]
        return f"certain error {bad}" if bad else None
    more, less = found - base, base - found
    if not more and not less:
        return None
    return f"new {sorted(more)}, gone {sorted(less)}"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("smtpscope", "mktrace", "surgery"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("traces")
    ap.add_argument("only", nargs="?")
    a = ap.parse_args()
    faults, variants, used = 0, 0, 0
    with tempfile.TemporaryDirectory() as tmp, \
            concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for file in sorted(os.listdir(a.traces)):
            name, suffix = os.path.splitext(file)
            if suffix != ".trace" or (a.only and name != a.only):
                continue
            trace, capture = os.path.join(a.traces, file), os.path.join(tmp, name + ".pcap")
            ops, options = headers_of(a.mktrace, trace)
            if not ops:
                continue
            used += 1
            subprocess.run([a.mktrace, trace, capture], check=True)
            base = analyse(a.smtpscope, capture, options)
            for op in ops:
                folder = os.path.join(tmp, name + "." + op)
                os.mkdir(folder)
                subprocess.run([a.surgery, op, capture, folder], check=True, stdout=subprocess.DEVNULL)
                jobs = {pool.submit(analyse, a.smtpscope, os.path.join(folder, v), options): v
                        for v in os.listdir(folder)}
                variants += len(jobs)
                for job in sorted(jobs, key=jobs.get):
                    try:
                        text = complaint(op, job.result(), base)
                    except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as e:
                        text = f"{type(e).__name__}: {e}"
                    if text:
                        faults += 1
                        print(f"{name}: {op} frame {int(jobs[job][:-5])}: {text}")
    print(f"property: {used} traces, {variants} variants, {faults} faults")
    return 1 if faults or not variants else 0


if __name__ == "__main__":
    sys.exit(main())
