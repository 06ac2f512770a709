#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# From the start of the program to the explanation of the guilty frame: with how many
# keys, for every capture and dialogue that the program was made for.
#
# A row is a trace, the keys (three at most), and texts that have to be on the screen
# then, with a bar between two.  A trace without findings has to say so.
set -u

TUI_LC=${TUI_LC:-C.UTF-8}
command -v tmux >/dev/null || { echo 'seeds: skipped: no tmux'; exit 77; }
[ "$(LC_ALL=$TUI_LC locale charmap 2>/dev/null)" = UTF-8 ] ||
	{ echo "seeds: skipped: no locale $TUI_LC"; exit 77; }

top=$(cd "${srcdir:-.}" && pwd)
program=$(cd "$(dirname "${SMTPSCOPE:-./smtpscope}")" && pwd)/smtpscope
"$program" --tui -r /dev/null </dev/null 2>&1 | grep -q 'built without' &&
	{ echo 'seeds: skipped: built without the interface'; exit 77; }
socket=smtpscope-seeds-$$
trap 'term kill-server 2>/dev/null' EXIT
trap 'exit 1' INT TERM HUP

term() {
	TMUX='' LC_ALL=$TUI_LC tmux -L "$socket" -f /dev/null "$@"
}

# Waits until the screen has the text; 1: it never had.
shows() {
	tries=0
	while [ $tries -lt 100 ]; do
		case $(term capture-pane -p -t seed 2>/dev/null) in
		*"$1"*) return 0 ;;
		esac
		tries=$((tries + 1))
		sleep 0.1
	done
	return 1
}

term new-session -d -s keep 'sleep 1000' || exit 99
bad=0
rows=0
while IFS='	' read -r trace keys texts; do
	case $trace in '' | '#'*) continue ;; esac
	rows=$((rows + 1))
	term new-session -d -s seed -x 80 -y 24 -c "$top/traces" \
		"SMTPSCOPERC= NO_COLOR= TERM=tmux-256color exec '$program' -r '$trace'" || exit 99
	shows complete || echo "seeds: $trace: it never was complete"
	# shellcheck disable=SC2086 # words on purpose
	set -- $keys
	if [ $# -gt 3 ]; then
		echo "seeds: $trace: $# keys are too many"
		bad=$((bad + 1))
	fi
	for key in "$@"; do
		[ "$key" = - ] || term send-keys -t seed "$key"
	done
	while [ -n "$texts" ]; do
		text=${texts%%|*}
		if ! shows "$text"; then
			echo "seeds: $trace: after \"$keys\" the screen never showed \"$text\":"
			term capture-pane -p -t seed | sed 's/^/  | /'
			bad=$((bad + 1))
			break
		fi
		case $texts in *'|'*) texts=${texts#*|} ;; *) texts= ;; esac
	done
	term kill-session -t seed 2>/dev/null
done <<'ROWS'
# A reply in the middle of the message: by which numbers one sees it.
seed1-full.pcap	Enter Enter	Finding reply-mid-data|error, certain|frame 58|had received 11792 octets|57    0.560000  C>S|never acknowledged
seed1-excerpt.pcap	Enter Enter	Finding reply-mid-data|error, probable|seq 136771963|no|end of data was ever sent
seed1-literal-54-46.pcap	Enter Enter	Finding reply-mid-data|error, certain|frame 58
seed1-late-data-rst.pcap	Enter Enter	Finding reply-mid-data|error, certain|frame 58
seed1-dot-before-552-old-ack.pcap	Enter Enter	Finding reply-mid-data|error, certain|frame 18
seed1-full.pcap	Enter Enter Escape	Frames #1|error (certain) reply-mid-data|421 tin.pan.alley.com
seed1-good.pcap	Enter Enter	Finding path-space|note, certain
seed1-good-talk.txt	Enter Enter	Finding path-space|note, certain
seed1-paste.txt	Enter Enter	Finding reply-mid-data|error, probable|line 26
# A pipelined group of which not all is answered: which commands, and what the client believes.
seed2-a.pcap	Enter Enter	Finding pipelined-commands-lost|error, certain|2 of them got no reply|RCPT|by meaning
seed2-a-prime.pcap	Enter Enter	Finding pipelined-commands-lost|error, certain|3 of them got no reply
seed2-both.pcap	Enter Enter	Finding pipelined-commands-lost|error, certain|2 of them got no reply
seed2-rst-instead-of-fin.pcap	Enter Enter	Finding pipelined-commands-lost|error, probable|destroyed by its reset
seed2-c-rset-quit.pcap	Enter Enter	Finding pipelined-commands-lost|warning, certain
seed2-paste.txt	Enter Enter	Finding pipelined-commands-lost|error, probable|line 85
seed2-d-only-221.pcap	Enter Enter	Finding eod-unanswered|error, certain|in doubt
seed2-d-garbage.pcap	Enter Enter	Finding reply-syntax|error, certain|frame 11
seed2-421-instead.pcap	Enter Enter	Finding session-421|warning, certain
seed2-d-no-pipelining.pcap	Enter Enter	Finding pipelining-unadvertised|warning, certain
seed2-gap-in-replies.pcap	Enter Enter	Finding capture-gap|not judged
seed2-fin-not-covering.pcap	Enter Enter	Finding server-close-without-quit|warning, certain
seed2-b.pcap	Enter Enter	Finding starttls-not-used|note, certain
seed2-c-split.pcap	Enter Enter	Finding starttls-not-used|note, certain
# RSET behind the end of data, before its reply.
seed3-A.pcap	Enter Enter	Finding rset-before-eod-reply|note, certain|frame 14
seed3-A-talk.txt	Enter Enter	Finding rset-before-eod-reply|note, probable
seed3-B.pcap	Enter Enter	Finding rset-before-eod-reply|note, certain|frame 14
seed3-C.pcap	Enter Enter	Finding rset-before-eod-reply|error, possible|only one reply came for the two
seed3-C-talk.txt	Enter Enter	Finding rset-before-eod-reply|error, possible
seed3-D.pcap	Enter Enter	Finding pipelined-order|error, possible|other way round.
seed3-E.pcap	Enter Enter	Finding reply-mid-data|error, certain|frame 17
seed3-F.pcap	Enter Enter	Finding pipelining-unadvertised|warning, certain
seed3-G.pcap	Enter Enter	Finding eod-split|note, certain
seed3-H.pcap	Enter	Frames #1|no findings
seed3-I.pcap	Enter Enter	Finding pipelined-commands-lost|error, certain|2 of them got no reply
seed3-J.pcap	Enter Enter	Finding eod-split|note, certain
ROWS

echo "seeds: $rows rows, $bad wrong"
test "$bad" -eq 0
