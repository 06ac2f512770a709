#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the records of smtpscope by the headers of the traces.

    judge.py [--schema FILE] [--checks FILE] DIR

DIR holds NAME.headers (mktrace --headers) and NAME.jsonl (smtpscope -v -T jsonl) for
every trace.  --schema validates every record when the module jsonschema is there.
--checks names a list of check ids, one a line; each needs its three traces.

One line per fault, a summary at the end; exit 1 if there was a fault, 2 on wrong use.
traces/README says what the headers mean.
"""
import argparse
import collections
import json
import os
import sys

Finding = collections.namedtuple("Finding", "id severity confidence frame parent")
Want = collections.namedtuple("Want", "id frame severity confidence")
BAD = ("warning", "error")


def read_headers(path):
    heads = collections.defaultdict(list)
    with open(path, encoding="utf-8") as f:
        for line in f:
            key, _, value = line.rstrip("\n").partition(": ")
            heads[key].append(value)
    return heads


def words(heads, key):
    return [w for value in heads.get(key, []) for w in value.split()]


def wants(heads, key):
    out = []
    for value in heads.get(key, []):
        parts = value.split()
        ident, at, frame = parts[0].partition("@")
        if not at or (frame != "*" and not frame.isdigit()) or len(parts) > 3:
            raise ValueError(f"header {key}: {value!r} is not ID@FRAME SEVERITY CONFIDENCE")
        out.append(Want(ident, frame, *(parts[1:] + ["*", "*"])[:2]))
    return out


def one_of(value, pattern):
    return pattern == "*" or value in pattern.split("|")


def same_place(finding, want):
    return finding.id == want.id and (want.frame == "*" or finding.frame == int(want.frame))


def read_records(path):
    with open(path, encoding="utf-8") as f:
        records = [json.loads(line) for line in f]
    if not records or records[-1].get("event_type") != "stats":
        raise ValueError("the last record is not the statistics")
    return records


def sessions_of(records):
    """Findings, transaction results and closure of each connection, by its first frame."""
    table = collections.OrderedDict()
    for r in records:
        if "flow_id" not in r:
            continue
        s = table.setdefault(r["flow_id"], {"findings": [], "results": [], "closure": None, "first": 0})
        kind = r["event_type"]
        if kind == "anomaly":
            f = r["finding"]
            s["findings"].append(
                Finding(f["id"], f["severity"], f["confidence"], f["frame"], f.get("consequence_of")))
        elif kind == "smtp":
            s["results"].append((r["smtp"]["tx_id"], r["smtp"]["result"]))
        elif kind == "flow":
            if s["closure"] is not None:
                raise ValueError("two flow records with one flow_id")
            s["closure"] = r["session"]["closure"]
            s["first"] = r["flow"]["first_frame"]
    return sorted(table.values(), key=lambda s: s["first"])


def judge_findings(heads, found, say):
    fires, folds = wants(heads, "fires"), wants(heads, "folds")
    own = [f for f in found if not f.parent]
    for w in fires:
        at = [f for f in own if same_place(f, w)]
        if not at:
            elsewhere = [f"frame {f.frame}, {f.severity} {f.confidence}" +
                         (f", consequence of {f.parent}" if f.parent else "")
                         for f in found if f.id == w.id]
            say(f"{w.id} is missing at frame {w.frame}; got {elsewhere or 'none'}")
        elif not any(one_of(f.severity, w.severity) and one_of(f.confidence, w.confidence) for f in at):
            say(f"{w.id} at frame {at[0].frame}: got {at[0].severity} {at[0].confidence}, "
                f"want {w.severity} {w.confidence}")
    for w in folds:
        if not any(f.parent and same_place(f, w) for f in found):
            say(f"{w.id} is missing as a consequence at frame {w.frame}")
    silent, absent = set(words(heads, "silent")), set(words(heads, "absent"))
    gap, may = set(words(heads, "gap-of")), set(words(heads, "may"))
    for f in found:
        text = f"{f.id} ({f.severity} {f.confidence}) at frame {f.frame}"
        if f.id in absent:
            say(f"{text} has to be absent")
        if f.parent:
            continue
        if f.id in gap and f.confidence == "certain":
            say(f"{text} is certain in spite of the gap")
        if f.severity not in BAD or any(same_place(f, w) for w in fires):
            continue
        if f.id in silent:
            say(f"{text} has to be silent")
        elif f.id not in may and f.id not in gap:
            say(f"{text} is not expected")


def judge_list(key, want, got, say):
    if not want:
        return
    if len(want) != len(got) or any(not one_of(g, w) for g, w in zip(got, want)):
        say(f"{key}: got {' '.join(map(str, got)) or 'none'}, want {' '.join(want)}")


def judge(name, folder, validate, say):
    heads = read_headers(os.path.join(folder, name + ".headers"))
    records = read_records(os.path.join(folder, name + ".jsonl"))
    for number, record in enumerate(records, 1):
        for problem in validate(record):
            say(f"record {number}: {problem}")
    sessions = sessions_of(records)
    judge_findings(heads, [f for s in sessions for f in s["findings"]], say)
    judge_list("result", words(heads, "result"), [r for s in sessions for _, r in sorted(s["results"])], say)
    judge_list("closure", words(heads, "closure"), [s["closure"] for s in sessions], say)


def validator(path):
    """A function from a record to the complaints about it."""
    if path is None:
        return lambda record: []
    try:
        import jsonschema
    except ImportError:
        print("judge: records are not validated: python3-jsonschema is not installed")
        return lambda record: []
    with open(path, encoding="utf-8") as f:
        schema = json.load(f)
    cls = jsonschema.validators.validator_for(schema)
    cls.check_schema(schema)
    check = cls(schema)
    return lambda record: [f"{'/'.join(map(str, e.path))}: {e.message[:200]}"
                           for e in check.iter_errors(record)]


def coverage(path, names, folder, say):
    """Each check fires somewhere by its name, nearly fires, and survives a gap."""
    with open(path, encoding="utf-8") as f:
        ids = f.read().split()
    if not ids:
        say("coverage", "the list of checks is empty")
    for ident in ids:
        for suffix in ("", "-near", "-gap"):
            if ident + suffix not in names:
                say("coverage", f"no trace {ident}{suffix}.trace")
        if ident in names:
            heads = read_headers(os.path.join(folder, ident + ".headers"))
            if not any(w.id == ident for w in wants(heads, "fires")):
                say("coverage", f"{ident}.trace does not say \"fires: {ident}@...\"")
        near, gap = ident + "-near", ident + "-gap"
        if near in names:
            heads = read_headers(os.path.join(folder, near + ".headers"))
            if ident not in {*words(heads, "silent"), *words(heads, "absent")}:
                say("coverage", f"{near}.trace does not say that {ident} is silent or absent")
        if gap in names:
            heads = read_headers(os.path.join(folder, gap + ".headers"))
            used = {w.id for key in ("fires", "folds") for w in wants(heads, key)}
            for key in ("silent", "absent", "may", "gap-of"):
                used.update(words(heads, key))
            if ident not in used:
                say("coverage", f"{gap}.trace does not say what becomes of {ident}")
    # A misspelt id under "silent:" would never be found.
    for name in sorted(names):
        heads = read_headers(os.path.join(folder, name + ".headers"))
        used = {w.id for key in ("fires", "folds") for w in wants(heads, key)}
        for key in ("silent", "absent", "may", "gap-of"):
            used.update(words(heads, key))
        for ident in sorted(used - set(ids)):
            say(name, f"its headers name the check {ident}, which there is not")
    return len(ids)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--schema")
    ap.add_argument("--checks")
    ap.add_argument("dir")
    a = ap.parse_args()
    names = {f[:-8] for f in os.listdir(a.dir) if f.endswith(".headers")}
    faults = collections.Counter()

    def say(name, text):
        faults[name] += 1
        print(f"{name}: {text}")

    validate = validator(a.schema)
    for name in sorted(names):
        try:
            judge(name, a.dir, validate, lambda text, n=name: say(n, text))
        except (ValueError, KeyError, TypeError, OSError) as e:
            say(name, f"cannot be judged: {type(e).__name__} {e}")
    checks = coverage(a.checks, names, a.dir, say) if a.checks else 0
    print(f"judge: {len(names)} traces, {checks} checks, {sum(faults.values())} faults in {len(faults)} of them")
    if not names:
        print("judge: nothing to judge")
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
