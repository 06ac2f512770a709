#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The program on a terminal: tmux is the terminal, keys are typed, and what is then
# on the screen is compared with tests/expect/tui/NAME.txt.
#
# A scene is a size, the arguments of the program, and keys; "SHOT" among the keys
# adds the screen to the result, "SIZE:COLSxROWS" pulls at the window.  Nothing waits
# for a time: a screen counts when it shows the text that the step names and has
# stopped changing.
#
#	run-tui.sh             compare
#	run-tui.sh --update    write what is there now (make update-golden does)
set -u

TUI_LC=${TUI_LC:-C.UTF-8}
command -v tmux >/dev/null || { echo 'tui: skipped: no tmux'; exit 77; }
[ "$(LC_ALL=$TUI_LC locale charmap 2>/dev/null)" = UTF-8 ] ||
	{ echo "tui: skipped: no locale $TUI_LC"; exit 77; }

top=$(cd "${srcdir:-.}" && pwd)
program=$(cd "$(dirname "${SMTPSCOPE:-./smtpscope}")" && pwd)/smtpscope
"$program" --tui -r /dev/null </dev/null 2>&1 | grep -q 'built without' &&
	{ echo 'tui: skipped: built without the interface'; exit 77; }
expect=$top/tests/expect/tui
update=no
[ "${1-}" != --update ] || update=yes
work=$(mktemp -d) || exit 99
socket=smtpscope-$$
trap 'term kill-server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# A server of our own, which reads nobody's configuration.
term() {
	TMUX='' LC_ALL=$TUI_LC tmux -L "$socket" -f /dev/null "$@"
}

screen() {
	term capture-pane -p -t scene 2>/dev/null
}

# Waits until the screen has the text and is the same twice; 1: it never was.
settle() {
	tries=0
	before=
	while [ $tries -lt 150 ]; do
		now=$(screen)
		if [ "$now" = "$before" ]; then
			case $now in
			*"$1"*) return 0 ;;
			esac
		fi
		before=$now
		tries=$((tries + 1))
		sleep 0.1
	done
	return 1
}

bad=0
scenes=0

# scene NAME COLS ROWS ARGUMENTS, then steps on standard input: "KEY... = TEXT that shows"
scene() {
	name=$1 cols=$2 rows=$3 arguments=$4
	scenes=$((scenes + 1))
	: >"$work/$name"
	# shellcheck disable=SC2086 # words on purpose
	(cd "$top/traces" && TERM=tmux-256color SMTPSCOPERC= NO_COLOR= \
		term new-session -d -s scene -x "$cols" -y "$rows" \
		"exec '$program' $arguments 2>'$work/stderr'; sleep 1") || exit 99
	while IFS= read -r step; do
		[ -n "$step" ] || continue
		keys=${step%% = *}
		text=${step#* = }
		case $keys in
		START) ;;
		SIZE:*)
			size=${keys#SIZE:}
			term resize-window -t scene -x "${size%x*}" -y "${size#*x}"
			;;
		*)
			# shellcheck disable=SC2086 # words on purpose
			term send-keys -t scene $keys
			;;
		esac
		if ! settle "$text"; then
			echo "tui: $name: after \"$keys\" the screen never showed \"$text\":"
			screen | sed 's/^/  | /'
			cat "$work/stderr"
			bad=$((bad + 1))
			break
		fi
		{
			echo "==== $keys"
			screen
		} >>"$work/$name"
	done
	term kill-session -t scene 2>/dev/null
	if [ $update = yes ]; then
		mkdir -p "$expect" && cp "$work/$name" "$expect/$name.txt"
	elif ! diff -u "$expect/$name.txt" "$work/$name"; then
		echo "tui: $name: the screens differ"
		bad=$((bad + 1))
	fi
}

for size in 80x24 120x35 200x50; do
	# From the start to the explanation of the guilty frame in two keys.
	scene "seed1-$size" "${size%x*}" "${size#*x}" '-r seed1-full.pcap' <<-'EOF'
	START = Cause  server
	Enter = Frames #1
	Enter = WHAT HAPPENED
	Escape = Frames #1
	t = Transcript
	L = Ladder
	o = Findings
	Escape = sessions 1
	i = INCIDENTS
	Escape = sessions 1
	? = Keys, the names
	Escape = sessions 1
	F8 = Settings
	EOF
done

[ $update = no ] && echo "tui: $scenes scenes, $bad wrong"
test "$bad" -eq 0
