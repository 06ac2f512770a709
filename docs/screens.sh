#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes docs/screens.md out of the screens that tests/run-tui.sh compares:
#	docs/screens.sh tests/expect/tui/screens.txt >docs/screens.md
# The n-th screen of the file is explained by the n-th text below.
set -u
exec awk '
function tell(n) {
	if (n == 1) {
		print "# The terminal interface\n"
		print "`smtpscope -r trace.pcap` on a terminal, here of 80 by 24: a mail server refuses a"
		print "message while the client is still sending it. With two keys, Enter and Enter, one is"
		print "at the explanation of the guilty frame. `?` shows the keys of every view.\n"
		print "## The sessions, and the answer about the one under the cursor\n"
		print "The worst session comes first. Sort with `<` and `>`, filter with `&`, search with `/`;"
		print "Space tags sessions, `s` saves them, `|` gives them to a command of the shell.\n"
	} else if (n == 2) {
		print "## Enter: its frames\n"
		print "Findings hang under the frame that proves them; frames that they name show their TCP line."
		print "`x` shows the octets of a frame, secrets hidden; `z` shows all that is folded.\n"
	} else if (n == 3) {
		print "## Enter again: the finding\n"
		print "What happened, the frames that show it, how sure that is and what could fake it,"
		print "what it does to the mail, what to do, and where the rule stands. `o` lists all sessions"
		print "with this finding, `a` notes that it is known, `y` copies it as Markdown.\n"
	} else if (n == 4) {
		print "## L: the ladder\n"
		print "On a wider screen the frame under the cursor stands beside it. Space on two frames"
		print "measures between them; saved as .svg, .txt or .md (Mermaid) it is a drawing.\n"
	} else if (n == 5) {
		print "## t: the transcript\n"
		print "`r` hides addresses and text, `b` shows the beginning of messages, `T` and `#` take"
		print "times and numbers away; `y` copies it, or the lines that `v` selects; `s` saves it.\n"
	} else if (n == 6) {
		print "## i: the dashboard\n"
		print "The whole capture: incidents, what became of the mail, replies, waits, TLS, peers in"
		print "trouble, when, and how far the numbers can be trusted. Enter on a row lists its"
		print "sessions, Tab goes to the next table, `w` counts only what ended in the last hour,"
		print "15, 5 minutes or 1, `R` writes a report of the incidents.\n"
	}
}
/^==== / {
	if (n)
		print "```\n"
	tell(++n)
	print "```text"
	next
}
{ print }
END { print "```" }' "$1"
