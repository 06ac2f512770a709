#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The program on a terminal: tmux is the terminal, keys are typed, and what is then
# on the screen is compared with tests/expect/tui/NAME.txt.
#
# A scene is a size, the arguments of the program, and steps: keys, and a text that
# shows then; the screen after each step is the result.  "SIZE:COLSxROWS" pulls at the window.  A screen counts
# when it shows the text that the step names and has stopped changing.
#
# With UPDATE=1 what is there now is written (make update-golden).
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
[ -z "${UPDATE-}" ] || update=yes
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
# The server ends with its last session; this one keeps it while scenes come and go.
term new-session -d -s keep 'sleep 1000' || exit 99

# scene NAME COLS ROWS ARGUMENTS, then steps on standard input: "KEY... => TEXT that shows"
scene() {
	name=$1 cols=$2 rows=$3 arguments=$4
	scenes=$((scenes + 1))
	: >"$work/$name"
	# shellcheck disable=SC2086 # words on purpose
	(cd "$top/traces" && TERM=tmux-256color SMTPSCOPERC= NO_COLOR= \
		term new-session -d -s scene -x "$cols" -y "$rows" \
		"exec env XDG_STATE_HOME='$work/state' '$program' $arguments 2>'$work/stderr'; sleep 1") || exit 99
	while IFS= read -r step; do
		[ -n "$step" ] || continue
		keys=${step%% => *}
		text=${step#* => }
		case $keys in
		START) ;;
		SIZE:*)
			size=${keys#SIZE:}
			term resize-window -t scene -x "${size%x*}" -y "${size#*x}"
			sleep 1 # what tmux makes of the old picture may show the text, too
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
	# From the start to the explanation of the guilty frame with two keys.
	scene "seed1-$size" "${size%x*}" "${size#*x}" '-r seed1-full.pcap' <<-'EOF'
	START => Cause  server
	Enter => Frames #1
	Enter => WHAT HAPPENED
	Escape => Frames #1
	t => Transcript
	L => Ladder
	o => Findings
	Escape => complete
	i => INCIDENTS
	Escape => complete
	? => Keys, the names
	Escape => complete
	F8 => Settings
	EOF
done

# What docs/screens.md shows: with the frame numbers of the article that published it.
scene screens 80 24 '--first-frame=3024 -r seed1-full.pcap' <<-'EOF'
	START => Cause
	Enter => Frames #1
	Enter => frame 3081
	L => Ladder #1
	t => Transcript #1
	i => INCIDENTS
EOF
if [ $update = yes ]; then
	"$top/docs/screens.sh" "$expect/screens.txt" >"$top/docs/screens.md"
elif ! "$top/docs/screens.sh" "$expect/screens.txt" | diff -u "$top/docs/screens.md" -; then
	echo 'tui: docs/screens.md is not what the program shows'
	bad=$((bad + 1))
fi
# README.md has the first of them.
sed -n '/^<!-- first screen: begin/,/^<!-- first screen: end/p' "$top/README.md" |
	sed '/^<!--/d; /^```/d' >"$work/readme"
sed '1d; /^==== Enter/,$d' "$expect/screens.txt" | diff -u "$work/readme" - || {
	echo 'tui: the screen in README.md is not what the program shows'
	bad=$((bad + 1))
}

scene seed2 80 24 '-r seed2-both.pcap' <<'EOF'
START => Cause
Enter => Frames
Enter => WHAT HAPPENED
] => session
EOF
scene seed3 80 24 '-r seed3-C.pcap' <<'EOF'
START => Cause
Enter => Frames
Enter => WHAT HAPPENED
EOF
# The documents themselves are compared by run-documents.sh.
scene hostile 80 24 '-r screen-hostile.pcap' <<'EOF'
START => Cause
EOF

# Filter, search, commands, tags, prompts.
scene prompts 100 30 '-r seed2-both.pcap -r seed1-full.pcap' <<-'EOF'
START => complete
& f o o => valid
C-u s e v e r i t y => column
Space = Space e r r o r => valid
Enter => filter: severity = error
F4 F4 => shown
/ m i d - d a t a Enter => complete
: s e t Space t h Tab => :set theme
Space m o Tab Enter => complete
: w r i t e Space x . d o c Enter => no known ending
Space => *
z => complete
A C-u s e t Space c o l u m n s Space n u m b e r , h e l o , c a u s e Enter => helo
EOF

# Places that have a letter.
scene marks 80 24 '-r seed2-both.pcap -r seed1-full.pcap' <<-'EOF'
START => complete
m => Esc leaves
a => mark a: session
Enter => Frames #
j j m => Esc leaves
b => mark b: session
' a => complete
' => set: a b
b => Frames #
: m a r k s Enter => Marks
EOF

# Sessions that have ended go, after a question, and are counted.
scene clear 80 24 '-r seed2-both.pcap -r seed1-full.pcap' <<-'EOF'
START => complete
Space F5 => y or n
n => complete
F5 y => 3 sessions cleared
i G => by hand
EOF

# Two frames of the ladder and what lies between them; the transcript with less and more.
scene texts 120 35 '-r report-hostile.pcap' <<-'EOF'
	START => Cause
	l => Ladder #1
	g Space => on: Space
	j j j j j j j j j j j j j j j j j j j j Space => frames 1 to
	+ + + => Ladder #1
	t => Transcript #1
	b g => Transcript #1
	T # => Transcript #1
	v j j => lines selected
	y => the selection
EOF

# A frame as it was captured, and its secret, which stays one.
scene octets 80 24 '-r auth-bruteforce-gap.pcap' <<-'EOF'
	START => Cause
	Enter => Frames #1
	: g o t o Space f r a m e Space 7 Enter => Frames #1
	x => octets are hidden
	] => frame 8
	? => octets
EOF

# A finding is acknowledged, and still is when the capture is read again.
scene acknowledge 80 24 '-r seed1-full.pcap' <<-'EOF'
	START => Cause
	f => Findings #1
	a => acknowledged
	Enter => acknowledged
	u => new again
	a => acknowledged
	Escape => Findings #1
	Escape => ack
EOF
scene acknowledged 80 24 '-r seed1-full.pcap' <<-'EOF'
	START => ack
	Enter => acknowledged
EOF
[ "$(stat -c %a "$work/state/smtpscope/acknowledged")" = 600 ] || {
	echo 'tui: others can read what was acknowledged'
	bad=$((bad + 1))
}
rm -rf "$work/state"

# From an incident to its sessions, and back to all of them.
scene incident 100 30 '-r seed2-both.pcap -r seed1-full.pcap' <<-'EOF'
START => complete
i => INCIDENTS
j Enter => filter: finding
F4 F4 => shown 3 of 3
EOF

# A dialogue has lines; its addresses, ports and times would be made up.
scene transcript 80 24 '-r transcript-input.txt' <<-'EOF'
START => lines
Enter => a transcript
EOF

# Any size, and back.
scene sizes 120 35 '-r seed1-full.pcap' <<-'EOF'
START => Cause
SIZE:20x5 => ERROR
SIZE:3x1 => E
SIZE:200x60 => Cause
Enter => Frames
SIZE:40x10 => Frames
SIZE:10x3 => 5
SIZE:100x30 => Frames
EOF

scene ascii 80 24 '--ascii --theme=mono -r screen-hostile.pcap' <<-'EOF'
START => Cause
? => Keys
EOF

[ $bad -eq 0 ] || echo 'tui: UPDATE=1 tests/run-tui.sh writes the screens as they are now'
[ $update = yes ] || echo "tui: $scenes scenes, $bad wrong"
test "$bad" -eq 0
