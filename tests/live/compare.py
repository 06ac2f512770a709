#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""compare.py LIVE SAVED [ID...]: do two reports in JSON Lines tell the same story?

What was found while the packets came must be what is found in the capture saved
of them: the same transactions, findings and ends of connections, in the same
frames.  Left out is what must differ: the name of the input or interface, and the
numbers of sessions, which are given in the order in which they end.  With IDs, the errors and
warnings have to be these and no others; else what live.sh plays has to be there.
"""
import json
import sys

WANTED = {
    "a transaction that was delivered": lambda r: r.get("smtp", {}).get("result") == "delivered",
    "a transaction rejected in mid-data":
        lambda r: r.get("smtp", {}).get("result") == "rejected-mid-data",
    "the finding reply-mid-data": lambda r: r.get("finding", {}).get("id") == "reply-mid-data",
    "an end by QUIT": lambda r: r.get("session", {}).get("closure") == "quit",
}
ALWAYS = ("a transaction that was delivered", "an end by QUIT")


def load(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def story(records):
    told = []
    for record in records:
        if record["event_type"] not in ("smtp", "anomaly", "flow"):
            continue
        for name in ("pcap_filename", "pcap_frame", "in_iface"):
            record.pop(name, None)
        record.get("flow", {}).pop("number", None)
        told.append(json.dumps(record, sort_keys=True))
    return sorted(told)


def main():
    live, saved = load(sys.argv[1]), load(sys.argv[2])
    wrong = 0
    ids = sys.argv[3:]
    told = [record["finding"] for record in live if "finding" in record]
    told = sorted(f["id"] for f in told if f["severity"] != "note")
    if ids and told != sorted(ids):
        print(f"got the errors and warnings {told}, want {sorted(ids)}")
        wrong += 1
    for name, is_it in WANTED.items():
        if not (ids and name not in ALWAYS) and not any(is_it(record) for record in live):
            print(f"live: got no record of {name}")
            wrong += 1
    live, saved = story(live), story(saved)
    for line in sorted(set(live) - set(saved)):
        print("only live: ", line)
        wrong += 1
    for line in sorted(set(saved) - set(live)):
        print("only saved:", line)
        wrong += 1
    if len(live) != len(saved):
        print(f"got {len(live)} records live, want {len(saved)} as in the saved capture")
        wrong += 1
    print(f"{len(live)} records compared, {wrong} faults")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
