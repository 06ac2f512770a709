# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the reports of a generated capture name the planted faults, and no others?

    planted.py LOAD.json REPORT.json REPORT.md REPORT.html

LOAD.json is tests/bench/loadgen's list.  Faults are put together as the program does it:
those of a server by its address, those of clients by their network.  Prints what is
wrong; the exit status is the number of such lines, 99 at most.
"""
import collections
import html
import ipaddress
import json
import re
import sys

BY_CLIENT = {"client-close-mid-data"}
faults = []


def say(text):
    faults.append(text)
    print(f"planted: {text}")


def address(endpoint):
    return endpoint.rsplit(":", 1)[0].strip("[]")


def wanted(planted):
    """Frames by (check, address or network)."""
    groups = collections.defaultdict(list)
    for p in planted:
        if p["check"] in BY_CLIENT:
            ip = ipaddress.ip_address(address(p["client"]))
            net = ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False)
            groups[p["check"], str(net)].append(p["frame"])
        else:
            groups[p["check"], address(p["server"])].append(p["frame"])
    return groups


def check_json(groups, path):
    with open(path, encoding="utf-8") as f:
        report = json.load(f)
    told = {}
    for i in report["incidents"]:
        if i["severity"] != "note":
            told[i["id"], i.get("server_ip") or i["network"]] = i
    for key in groups.keys() - told.keys():
        say(f"no incident {key}")
    for key in told.keys() - groups.keys():
        say(f"an incident that nobody planted: {key}")
    for key in groups.keys() & told.keys():
        i, frames = told[key], groups[key]
        if (i["findings"], i["sessions"]) != (len(frames), len(frames)):
            say(f"{key}: {i['findings']} findings in {i['sessions']} sessions, planted {len(frames)}")
        if (i["first_frame"], i["last_frame"]) != (min(frames), max(frames)):
            say(f"{key}: frames {i['first_frame']} to {i['last_frame']}, planted {frames}")
        if {s["frame"] for s in i["seen"]} - set(frames) or i["evidence"]["frame"] not in frames:
            say(f"{key}: seen in {i['seen']}, planted {frames}")
        if i["confidence"] != "certain":
            say(f"{key} is only {i['confidence']}")
    if any(report["left_out"]["findings"].values()):
        say(f"left out: {report['left_out']}")


def short(key, n):
    """As a table names it: the check, who, and how many sessions."""
    check, who = key
    return check, who, str(n)


def check_rows(kind, groups, rows):
    rows, want = sorted(rows), sorted(short(k, len(v)) for k, v in groups.items())
    if rows != want:
        say(f"{kind} has the rows {rows}, want {want}")


def who(text, groups, check):
    """The address or network in the words of a report; of a single client the network."""
    found = re.search(r"[0-9a-f.:]+(?:/\d+)?$", text)
    name = found.group() if found else text
    if check in BY_CLIENT and "/" not in name:
        ip = ipaddress.ip_address(name)
        name = next((net for c, net in groups if c == check and ip in ipaddress.ip_network(net)), name)
    return name


def check_markdown(groups, path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    rows = []
    for row in re.findall(r"^\| \d+ \| \w+, certain \| (.*) \|$", text, re.M):
        cells = row.split(" | ")
        check = re.search(r"\(`([a-z0-9-]+)`\)", cells[0]).group(1)
        rows.append((check, who(cells[1].replace("\\", ""), groups, check), cells[4]))
    check_rows("the Markdown", groups, rows)


def check_html(groups, path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    told = len(re.findall(r"<article ", text))
    if told != min(len(groups), 20):
        say(f"the page tells {told} incidents, not {len(groups)}")
    table = re.search(r'id="incidents".*?</table>', text, re.S).group()
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S) for row in table.split("<tr>")[2:]]
    if len(cells) != len(groups):
        say(f"the page has {len(cells)} rows, not {len(groups)}")
    names = collections.Counter(re.search(r"[0-9a-f.:]+(?:/\d+)?$", html.unescape(c[3])).group() for c in cells)
    for (check, name), n in collections.Counter(groups.keys()).items():
        if check not in BY_CLIENT and names[name] < n:
            say(f"the page does not tell of {name}")


def main(argv):
    with open(argv[0], encoding="utf-8") as f:
        planted = json.load(f)["planted"]
    groups = wanted(planted)
    if len(groups) < 4:
        say("hardly a fault was planted")
    check_json(groups, argv[1])
    check_markdown(groups, argv[2])
    check_html(groups, argv[3])
    print(f"planted: {len(planted)} faults, {len(groups)} incidents, {len(faults)} differences")
    return min(len(faults), 99)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
