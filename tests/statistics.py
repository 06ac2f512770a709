# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads back what -z wrote for machines.

    statistics.py SCHEMA FILE...

NAME-csv: every line ends with CRLF, has as many fields as the first, and no field is a
formula.  NAME-jsonl: every line is a record, valid by the schema where the module
jsonschema is there, and the last one is the record stats.

One line per fault; the exit status is 1 if there was any.
"""
import csv
import io
import json
import re
import sys

NUMBER = re.compile(r"-?\d+(\.\d+)?$")
faults = []


def say(path, text):
    faults.append(text)
    print(f"statistics: {path}: {text}")


def check_csv(path):
    with open(path, "rb") as f:
        octets = f.read()
    if not octets.endswith(b"\r\n") or octets.count(b"\n") != octets.count(b"\r\n"):
        say(path, "a line does not end with CRLF")
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8"), newline=""), strict=True))
    if len(rows) < 2:
        say(path, "no row behind the names")
    for row in rows:
        if len(row) != len(rows[0]):
            say(path, f"{len(row)} fields, want {len(rows[0])}: {row}")
        for field in row:
            if field.lstrip()[:1] in ("=", "+", "-", "@") and not NUMBER.match(field):
                say(path, f"a formula: {field}")


def check_jsonl(path, schema):
    with open(path, encoding="utf-8") as f:
        records = [json.loads(line) for line in f]
    if not records or records[-1]["event_type"] != "stats":
        say(path, "the last record is not the statistics of the run")
    for r in records:
        if schema is None:
            continue
        for e in schema.iter_errors(r):
            say(path, f"{e.message[:200]}")
            break


def main():
    try:
        import jsonschema
        with open(sys.argv[1], encoding="utf-8") as f:
            schema = jsonschema.Draft202012Validator(json.load(f))
    except ImportError:
        schema = None
        print("statistics: the module jsonschema is not installed; no record was validated")
    for path in sys.argv[2:]:
        if path.endswith("-csv"):
            check_csv(path)
        else:
            check_jsonl(path, schema)
    sys.exit(1 if faults else 0)


main()
