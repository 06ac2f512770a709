# SPDX-License-Identifier: GPL-3.0-or-later
"""What a redacted report must not tell: the proof over the sources of the captures.

    redaction.py FOLDER TRACE...

Reads each .trace, or transcript, and collects what names people and hosts and what was
written: mail addresses, host names, IP addresses, subjects, lines of messages, what was
sent to log in.  None of it may stand in FOLDER/NAME.FORMAT, the reports with --redact, in
whatever way the format writes it.  FOLDER/NAME.FORMAT.open are the same reports without
it: the findings in both are the same.

Prints what is wrong; the exit status is the number of such lines, 99 at most.
"""
import base64
import binascii
import html
import ipaddress
import json
import os
import re
import sys

FORMATS = ["markdown", "html", "json", "jsonl", "sarif", "text", "transcript"]
COMPARED = ["json", "jsonl", "markdown"]
HEADERS = re.compile(r"(#|(options|about|fires|may|silent|absent|folds|reports|engines|result|closure|"
                     r"gap-of|property): )")
STATEMENT = re.compile(r"(?:[\w-]+\.)?([CS])(?:\([^)]*\))?(> ?|: ?|\{)(.*)$")
SPOKEN = re.compile(r"[> \d.:\-]*?(C|S|I|T|<<<|>>>|<-|->|Client|Server)[:>]?\s+(.*)$")
HOST = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,}"
OURS = re.compile(r"(host|user|client|server|address|network)(\d+|-other)(\..*)?$")
VERB = re.compile(r"(HELO|EHLO|LHLO|MAIL|RCPT|DATA|BDAT|BURL|RSET|NOOP|QUIT|VRFY|EXPN|HELP|AUTH|STARTTLS|"
                  r"ETRN|ATRN|TURN|SEND|SOML|SAML|X\S*|GET|POST|HEAD|PUT|CONNECT|OPTIONS|USER|PASS)\b", re.I)
FILLER = "the quick brown fox jumps"
# A few plain words, which the program may use itself: they would prove nothing.
PLAIN = re.compile(r"[a-z ]{1,15}$")
faults = []


def say(text):
    faults.append(text)
    print(f"redaction: {text}")


def unescape(text):
    text = re.sub(r"\\x[0-9a-fA-F]{2}|\\[rnt0]", "\n", text)
    return text.replace("\\\\", "\\")


def statements(path):
    """(who, line) of a trace; of a transcript as it is."""
    out, block = [], None
    with open(path, encoding="utf-8", errors="replace") as f:
        lines = f.read().splitlines()
    for line in lines:
        if block:
            if line.strip() == "}":
                block = None
            else:
                out += [(block, part) for part in unescape(line[1:] if line[:1] == "\t" else line).split("\n")]
            continue
        if HEADERS.match(line):
            continue
        m = (STATEMENT if path.endswith(".trace") else SPOKEN).match(line)
        if not m:
            out.append((None, line))
        elif path.endswith(".trace") and m.group(2) == "{":
            block = m.group(1)
        else:
            who = m.group(1) if path.endswith(".trace") else "CS"[m.group(1) in ("S", "T", "<<<", "<-", "Server")]
            out += [(who, part) for part in unescape(m.group(m.lastindex)).split("\n")]
    return out


def is_ip6(text):
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def names_in(text):
    found = set(re.findall(HOST, text)) | set(re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text))
    found |= {a for a in re.findall(r"[0-9a-f:]{3,39}", text) if is_ip6(a)}
    found |= {f"{local}@{domain}" for local, domain in
              re.findall(r"([A-Za-z0-9_.+-]+)@(" + HOST + ")", text)}
    return {n for n in found if not OURS.match(n)}


def beginnings(lines, names):
    """What is left of long names where a report cuts them."""
    text = "\n".join(line for _, line in lines)
    long = {n for n in names if len(n) >= 40} | set(re.findall(r'<"([^"]{40,})"@', text))
    return {n[:24] for n in long}


def names_of(trace):
    return names_in("\n".join(line for _, line in statements(trace)))


def decoded(word):
    """A base64 word and what is in it."""
    found = {word}
    try:
        plain = base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return found
    for part in plain.split(b"\0"):
        if len(part) >= 4 and part.isascii() and part.decode().isprintable():
            found.add(part.decode())
    return found


def secrets_in(lines):
    found, asked = set(), False
    for who, line in lines:
        if who == "S":
            asked = line.startswith("334")
        if who != "C":
            continue
        m = re.match(r"AUTH +\S+ +(\S{4,})", line, re.I)
        if m:
            found |= decoded(m.group(1))
        elif asked and re.fullmatch(r"\S{4,}", line):
            found |= decoded(line)
        asked = False
    return {s for s in found if s not in ("VXNlcm5hbWU6", "UGFzc3dvcmQ6")}


def message_lines(lines):
    """What the client says between a 354 and the final dot, and elsewhere without a verb."""
    found, inside = set(), False
    for who, line in lines:
        if who == "S" and line.startswith("354"):
            inside = True
        elif who == "C" and line.strip() == ".":
            inside = False
        elif who == "C" and (inside or not VERB.match(line)) and len(line.strip()) >= 8:
            found.add(line.strip())
    return found


def subjects(lines):
    return {m.group(1).strip() for _, line in lines
            for m in [re.match(r"subject:(.{5,})", line, re.I)] if m}


def squeeze(text):
    return re.sub(r"\s+", " ", text).lower()


def strings(value):
    if isinstance(value, dict):
        for key, v in value.items():
            yield key
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, str):
        yield value


def plain(path, kind):
    """What a reader of the report reads."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if kind in ("json", "sarif"):
        text = "\n".join(strings(json.loads(text)))
    elif kind == "jsonl":
        text = "\n".join("\n".join(strings(json.loads(line))) for line in text.splitlines())
    elif kind == "html":
        text = html.unescape(re.sub(r"<[^>]*>", "", text[text.index("<body>"):]))
    elif kind == "markdown":
        text = html.unescape(re.sub(r"#(\d+);", lambda m: chr(int(m.group(1))), text))
        text = re.sub(r"\\([^\w\s])", r"\1", text).replace("`", "")
    return squeeze(text)


def holds_name(text, name):
    at = text.find(name)
    return at >= 0 and re.search(r"(?<![\w.-])" + re.escape(name) + r"(?![\w-])", text)


def findings(path, kind):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if kind == "jsonl":
        return [(r["finding"]["id"], r["finding"]["frame"], r["finding"]["severity"], r["finding"]["confidence"],
                 r["finding"].get("consequence_of")) for r in map(json.loads, text.splitlines())
                if "finding" in r]
    if kind == "json":
        return [(i["id"], i["severity"], i["confidence"], i["culprit"], i["findings"], i["first_frame"],
                 i["last_frame"], i["mail"], i["evidence"]["frame"]) for i in json.loads(text)["incidents"]]
    return re.findall(r"^\*\*(\w+)\*\*, (\w+), `([a-z0-9-]+)`", text, re.M)


def check(folder, trace):
    name = os.path.splitext(os.path.basename(trace))[0]
    lines = statements(trace)
    names = names_of(trace)
    # FILLER is what most messages of the traces are made of.
    texts = subjects(lines) | message_lines(lines) | secrets_in(lines) | {FILLER}
    said = "\n".join(line for who, line in lines if who == "S")
    texts = {t for t in texts if not PLAIN.match(t) and t not in said} | {FILLER}
    texts |= beginnings(lines, names)
    for kind in FORMATS:
        path = os.path.join(folder, f"{name}.{kind}")
        text = plain(path, kind)
        for n in sorted(names):
            if holds_name(text, n.lower()):
                say(f"{name}.{kind} tells the name {n}")
        for t in sorted(texts):
            if squeeze(t) in text:
                say(f"{name}.{kind} tells the text {t[:60]!r}")
        if kind in COMPARED and findings(path, kind) != findings(path + ".open", kind):
            say(f"{name}.{kind}: the findings are not those of the report without --redact")
    return len(names), len(texts)


def main(argv):
    done = [check(argv[0], trace) for trace in argv[1:]]
    names, texts = (sum(d[i] for d in done) for i in (0, 1))
    print(f"redaction: {len(done)} traces, {names} names and {texts} texts looked for, {len(faults)} faults")
    if names < len(done) or texts <= len(done):
        say("hardly a name or a text was found in the traces")
    return min(len(faults), 99)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
