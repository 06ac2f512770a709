# SPDX-License-Identifier: GPL-3.0-or-later
"""What an incident report must not do, whatever the capture holds.

    report.py html FILE...     the pages stand alone, load nothing, run their own script
    report.py markdown FILE... nothing from the wire is a mark of Markdown, HTML or Mermaid
    report.py svg FILE...      the pictures are XML, load nothing, run nothing, lie within their edges
    report.py json FILE...     every line is JSON without invisible characters
    report.py sarif FILE...    the members that SARIF 2.1.0 wants, and no others

Prints what is wrong; the exit status is the number of such lines, 99 at most.
"""
import base64
import hashlib
import html.parser
import json
import re
import sys
import xml.etree.ElementTree

TAGS = set("""a article b body caption code dd details div dl dt figcaption figure footer g h1 h2 h3
head header html li main meta ol p path pre q rect script section span strong style summary svg table tbody
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
    scripts = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    wanted = "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + "".join(digest)
    if len(scripts) != 1 or page.policy != wanted + "'; base-uri 'none'; form-action 'none'":
        say(f"the policy is {page.policy!r}; the digests of the scripts are {digest}")
    style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
    if re.search(r"url\(|@import|expression", style):
        say("the style loads something")


def check_json(path):
    """Every line a JSON text, and nothing in it that a terminal would obey or hide."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for m in HIDDEN.finditer(text):
        say(f"{path}: U+{ord(m.group()):04X} at {m.start()}")
    return sum(1 for line in text.splitlines() if json.loads(line))


# -- Markdown -------------------------------------------------------------------------

# A backslash before a mark, a code span, an entity: none of them can begin anything.
INERT = re.compile(r"\\[^\w\s]|(`+)(?:[^`]|(?!\1(?!`))`+)+?\1(?!`)|&(?:lt|gt|amp);")
ALLOWED = re.compile(r"^<details><summary>The same as a drawing</summary>$|^</details>$")
DRAWING = [re.compile(line) for line in (
    r"sequenceDiagram$", r"    participant [CS] as [\w.-]+(?:#\d+;[\w.-]*)*$",
    r"    Note over C,S: [\w ,.()-]+$",
    r"    [CS]--?(?:>>|x)[CS]: (?:frame|line) \d+: (?:[^#;<>\"&'`%${}|\\:]|#\d+;)*$")]


def check_prose(path, line, header):
    """A line outside of code; returns the cells that the table has, 0 outside of one."""
    if ALLOWED.match(line):
        return 0
    rest = INERT.sub("", line)
    for pattern, what in ((r"[<>]", "an angle bracket"), (r"\]\(|\]\[|\]:|!\[", "a link or a picture"),
                          (r"(?<!\w)[@#](?=\w)", "a mention"), (r"://|\bwww\.", "an address to click on"),
                          (r"`", "an open code span")):
        if re.search(pattern, rest) and not (what == "a mention" and re.match(r"#+ ", rest)):
            say(f"{path}: {what} in {line[:120]!r}")
    if not line.startswith("| ") and not line.startswith("|-"):
        return 0
    cells = rest.count("|")
    if header and cells != header:
        say(f"{path}: {cells - 1} cells, not {header - 1}, in {line[:120]!r}")
    return cells


def check_markdown(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for m in HIDDEN.finditer(text):
        say(f"{path}: U+{ord(m.group()):04X} at {m.start()}")
    fence, language, cells, blocks = None, None, 0, 0
    for line in text.splitlines():
        m = re.match(r"(`{3,})(\w*)$", line)
        if fence:
            if m and len(m.group(1)) >= len(fence) and not m.group(2):
                fence = None
            elif language == "mermaid" and not any(p.match(line) for p in DRAWING):
                say(f"{path}: the drawing has the line {line!r}")
        elif m:
            fence, language, blocks = m.group(1), m.group(2), blocks + 1
        else:
            cells = check_prose(path, line, cells)
    if fence:
        say(f"{path}: a block of code is not closed")
    return blocks


# -- SVG ------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def check_svg(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    height = int(root.get("height", "0"))
    for element in root.iter():
        if element.tag not in {SVG + tag for tag in ("svg", "title", "style", "rect", "text", "path")}:
            say(f"{path}: <{element.tag}>")
        for key in element.attrib:
            if key not in ATTRIBUTES | {"viewBox"}:
                say(f"{path}: an attribute {key} of <{element.tag}>")
        if int(element.get("y", "0")) > height:
            say(f"{path}: <{element.tag}> below the edge")
        if element.text and HIDDEN.search(element.text):
            say(f"{path}: a hidden character in {element.text!r}")
    return len(root.findall(SVG + "path"))


# -- SARIF ----------------------------------------------------------------------------

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
    run, graded, prints = log["runs"][0], {}, []
    rules = run["tool"]["driver"]["rules"]
    members("the run", run, ["tool", "results", "invocations"], ["columnKind"])
    for call in run["invocations"]:
        members("an invocation", call, ["executionSuccessful"],
                ["ruleConfigurationOverrides", "toolExecutionNotifications"])
        for note in call["toolExecutionNotifications"]:
            members("a notification", note, ["level", "message"], [])
        for other in call["ruleConfigurationOverrides"]:
            members("an override", other, ["descriptor", "configuration"], [])
            graded[other["descriptor"]["id"]] = other["configuration"]
            if rules[other["descriptor"]["index"]]["id"] != other["descriptor"]["id"]:
                say(f"{path}: an override names two rules")
    for rule in rules:
        members("a rule", rule, ["id", "shortDescription", "fullDescription", "help",
                                 "defaultConfiguration", "properties"], [])
    for result in run["results"]:
        members("a result", result, ["ruleId", "ruleIndex", "level", "message", "locations",
                                     "partialFingerprints", "properties"],
                ["relatedLocations", "occurrenceCount"])
        if "consequence_of" in result["properties"] and result["level"] != "note":
            say(f"{path}: a consequence is told as {result['level']}")
        prints.append(result["partialFingerprints"]["primaryLocationLineHash"])
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            say(f"{result['ruleId']} is not rule {result['ruleIndex']}")
        if result["level"] not in ("error", "warning", "note"):
            say(f"level {result['level']}")
        asked = graded.get(result["ruleId"], {"enabled": True, "level": result["level"]})
        if not asked["enabled"] or asked["level"] != result["level"]:
            say(f"{path}: {result['ruleId']} is {result['level']}, asked for was {asked}")
        members("a message", result["message"], ["text"], [])
        text = result["message"]["text"].replace("{{", "").replace("}}", "")
        if "](" in text or "{" in text or "}" in text:
            say(f"{path}: a link or a placeholder in {text!r}")
        for place in result["locations"] + result.get("relatedLocations", []):
            members("a location", place, ["logicalLocations", "physicalLocation"], [])
            members("a place", place["physicalLocation"], ["artifactLocation", "region"], [])
            if place["physicalLocation"]["region"]["startLine"] < 1:
                say(f"{path}: a line {place['physicalLocation']['region']}")
    if len(set(prints)) != len(prints):
        say(f"{path}: two results have one fingerprint")
    notes = [n["message"]["text"] for c in run["invocations"] for n in c["toolExecutionNotifications"]]
    if graded and not any(re.search("as asked", n) for n in notes):
        say(f"{path}: nothing tells that findings were graded otherwise")
    return len(run["results"])


def main(argv):
    checks = {"html": check_html, "markdown": check_markdown, "svg": check_svg, "json": check_json,
              "sarif": check_sarif}
    done = [checks[argv[0]](path) for path in argv[1:]]
    if not done:
        say("nothing was looked at")
    if argv[0] == "markdown" and sum(done) < 20:
        say("there is hardly a block of code in them")
    if argv[0] == "svg" and sum(done) < 20:
        say("there is hardly an arrow in them")
    if argv[0] == "sarif" and sum(done) == 0:
        say("there is no result in any of them")
    return min(len(faults), 99)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
