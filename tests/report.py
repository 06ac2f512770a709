# SPDX-License-Identifier: GPL-3.0-or-later
"""What an incident report must not do, whatever the capture holds.

    report.py html FILE...     the pages stand alone, load and run nothing
    report.py names TRACE...   no name or address of a trace is in NAME.markdown and
                               NAME.html of the current folder
    report.py sarif FILE...    the members that SARIF 2.1.0 wants, and no others

Prints what is wrong; the exit status is the number of such lines, 99 at most.
"""
import html.parser
import ipaddress
import json
import os
import re
import sys

TAGS = set("""a article b body caption code dd details div dl dt figcaption figure footer g h1 h2 h3
head header html li main meta ol p path pre q rect section span strong style summary svg table tbody
td text th thead title tr ul""".split())
ATTRIBUTES = set("""aria-label aria-labelledby charset class content d height href http-equiv id lang
name open role rx scope tabindex text-anchor viewbox width x y""".split())
VOID = {"meta"}
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
                    "\u2060-\u206f\ufeff\ufff9-\ufffb]")
faults = []


def say(text):
    faults.append(text)
    print(f"report: {text}")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.policy = [], set(), set(), None

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            say(f"tag <{tag}>")
        for key, value in attrs:
            if key not in ATTRIBUTES:
                say(f"attribute {key}=\"{value}\" of <{tag}>")
            if key == "id":
                if value in self.ids:
                    say(f"id {value} stands twice")
                self.ids.add(value)
            if key == "href":
                if not value.startswith("#"):
                    say(f"a link that leaves the page: {value}")
                self.links.add(value[1:])
            if key == "http-equiv":
                self.policy = dict(attrs).get("content")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            say(f"</{tag}> closes nothing")

    def handle_comment(self, data):
        say(f"a comment: {data[:40]}")

    def handle_pi(self, data):
        say(f"an instruction: {data[:40]}")


def check_html(path):
    with open(path, "rb") as f:
        octets = f.read()
    text = octets.decode("utf-8")
    if len(octets) > 2 << 20:
        say(f"{path} has {len(octets)} octets")
    for m in HIDDEN.finditer(text):
        say(f"{path}: U+{ord(m.group()):04X} at {m.start()}")
    page = Page()
    page.feed(text)
    page.close()
    for tag in page.open:
        say(f"<{tag}> is not closed")
    for link in page.links - page.ids:
        say(f"#{link} leads nowhere")
    if not page.policy or "default-src 'none'" not in page.policy or "script" in page.policy:
        say(f"the policy is {page.policy!r}")
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    if re.search(r"url\(|@import|expression", style):
        say("the style loads something")


def is_ip6(text):
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def names_of(trace):
    """Mail addresses, host names and IP addresses that the trace says."""
    with open(trace, encoding="utf-8", errors="replace") as f:
        lines = [line for line in f if not line.startswith("#") and not
                 re.match(r"(options|about|fires|may|silent|absent|folds|reports): ?", line)]
    text = "".join(lines)
    text = re.sub(r"\\x[0-9a-fA-F]{2}|\\[rnt0]", " ", text)
    hosts = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,}"
    found = set(re.findall(hosts, text))
    found |= set(re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text))
    found |= {a for a in re.findall(r"[0-9a-f:]{3,39}", text) if is_ip6(a)}
    for local, domain in re.findall(r"([A-Za-z0-9_.+-]+)@(" + hosts + ")", text):
        found.add(f"{local}@{domain}")
    return {n for n in found if not re.fullmatch(r"(host|user|client|server)\d+\..*", n)}


def check_names(trace):
    names = names_of(trace)
    for kind in ("markdown", "html"):
        path = os.path.basename(trace)[:-len("trace")] + kind
        with open(path, encoding="utf-8") as f:
            text = f.read().lower()
        for name in sorted(names):
            at = text.find(name.lower())
            if at >= 0 and re.search(r"(?<![\w.-])" + re.escape(name.lower()) + r"(?![\w-])", text):
                say(f"{path} tells {name}")
    return len(names)


def members(where, obj, needed, allowed):
    for key in needed:
        if key not in obj:
            say(f"{where} has no {key}")
    for key in obj:
        if key not in needed and key not in allowed:
            say(f"{where} has a member {key}")


def check_sarif(path):
    with open(path, encoding="utf-8") as f:
        log = json.load(f)
    members("the log", log, ["$schema", "version", "runs"], [])
    run = log["runs"][0]
    members("the run", run, ["tool", "results", "invocations"], ["columnKind"])
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        members("a rule", rule, ["id", "shortDescription", "defaultConfiguration"],
                ["fullDescription", "help", "properties"])
    for result in run["results"]:
        members("a result", result, ["ruleId", "ruleIndex", "level", "message", "locations"],
                ["relatedLocations", "occurrenceCount", "properties"])
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            say(f"{result['ruleId']} is not rule {result['ruleIndex']}")
        if result["level"] not in ("error", "warning", "note"):
            say(f"level {result['level']}")
        members("a message", result["message"], ["text"], [])
        for place in result["locations"] + result.get("relatedLocations", []):
            members("a location", place, ["logicalLocations"], ["physicalLocation"])
    return len(run["results"])


def main(argv):
    checks = {"html": check_html, "names": check_names, "sarif": check_sarif}
    done = [checks[argv[0]](path) for path in argv[1:]]
    if not done:
        say("nothing was looked at")
    if argv[0] == "names" and sum(done) < len(done):
        say("hardly a name was found in the traces")
    if argv[0] == "sarif" and sum(done) == 0:
        say("there is no result in any of them")
    return min(len(faults), 99)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
