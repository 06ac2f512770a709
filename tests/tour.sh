#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A tour through the terminal interface on real terminals (tmux): every view and key,
# windows of many sizes, suspension, every way to end, and terminals that vanish.  What
# counts is that the program ends as it should, that the terminal is as it was, and
# that no tool that watches the memory has anything to say.
#
# TOUR=short (make check): one size.  TOUR=long (make tour): three.
# Where valgrind is installed the walk is done under it as well; a build with
# sanitizers watches itself.
#
# A leg is: size, arguments, steps ("KEY... => TEXT that shows then"); see run-tui.sh,
# which compares pictures.
set -u

tour=${TOUR:-short}
TUI_LC=${TUI_LC:-C.UTF-8}
command -v tmux >/dev/null || { echo 'tour: skipped: no tmux'; exit 77; }
[ "$(LC_ALL=$TUI_LC locale charmap 2>/dev/null)" = UTF-8 ] ||
	{ echo "tour: skipped: no locale $TUI_LC"; exit 77; }

top=$(cd "${srcdir:-.}" && pwd)
program=$(cd "$(dirname "${SMTPSCOPE:-./smtpscope}")" && pwd)/smtpscope
"$program" --tui -r /dev/null </dev/null 2>&1 | grep -q 'built without' &&
	{ echo 'tour: skipped: built without the interface'; exit 77; }
work=$(mktemp -d) || exit 99
socket=smtpscope-tour-$$
trap 'term kill-server 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

bad=0
legs=0
watch=   # a command that watches the program, or nothing
tries=10 # of a tenth of a second, for each second of patience
kind=tmux-256color

term() {
	TMUX='' LC_ALL=$TUI_LC tmux -L "$socket" -f /dev/null "$@"
}

screen() {
	term capture-pane -p -t tour 2>/dev/null
}

wrong() {
	echo "tour: $leg: $*"
	screen | sed 's/^/  | /'
	[ ! -s "$work/stderr" ] || head -n 40 "$work/stderr"
	bad=$((bad + 1))
}

# within SECONDS COMMAND...: does it succeed in time?
within() {
	left=$(($1 * tries))
	shift
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.1
	done
}

shows() {
	case $(screen) in *"$1"*) return 0 ;; esac
	return 1
}

has_status() {
	[ -s "$work/status" ]
}

# A terminal that runs the program and notes how it found and left the modes.
# begin NAME SIZE ARGUMENTS
begin() {
	leg=$1
	legs=$((legs + 1))
	rm -f "$work/status" "$work/before" "$work/after" "$work/pid" "$work/stderr"
	echo "echo \$\$ >pid; exec $watch '$program' $3 2>stderr" >"$work/start"
	cat >"$work/run" <<-'RUN'
		stty -g >before
		sh ./start
		echo $? >exit
		stty -g >after
		mv exit status
	RUN
	term new-session -d -s tour -x "${2%x*}" -y "${2#*x}" -c "$work" \
		"TERM=$kind XDG_STATE_HOME='$work/state' SMTPSCOPERC= NO_COLOR= sh ./run; sleep 100" || exit 99
}

# The steps on standard input; 1: one of them showed nothing.
walk() {
	while IFS= read -r step; do
		[ -n "$step" ] || continue
		keys=${step%% => *}
		text=${step#* => }
		case $keys in
		START) ;;
		SIZE:*)
			size=${keys#SIZE:}
			term resize-window -t tour -x "${size%x*}" -y "${size#*x}"
			;;
		*)
			# shellcheck disable=SC2086 # words on purpose
			term send-keys -t tour $keys
			# Alone, or the beginning of the next key?  The program waits a moment, too.
			[ "$keys" != Escape ] || sleep 0.3
			;;
		esac
		if ! within 20 shows "$text"; then
			wrong "after \"$keys\" the screen never showed \"$text\""
			return 1
		fi
	done
}

# Terminals with one screen keep the last picture.
has_two_screens() {
	infocmp "$kind" 2>/dev/null | grep -q rmcup=
}

# ended STATUS: the program has, with it, and the terminal is as it was.
ended() {
	if ! within 20 has_status; then
		wrong 'it does not end'
		kill -KILL "$(cat "$work/pid")" 2>/dev/null
	elif [ "$(cat "$work/status")" != "$1" ]; then
		wrong "got status $(cat "$work/status"), want $1"
	elif ! cmp -s "$work/before" "$work/after"; then
		wrong "the terminal had $(cat "$work/before") and has $(cat "$work/after")"
	elif has_two_screens && { shows 'Esc' || shows '1help'; }; then
		wrong 'the screen was not given back'
	elif [ -n "$watch" ] && [ -s "$work/stderr" ]; then
		wrong 'what watches has something to say'
	fi
	term kill-session -t tour 2>/dev/null
}

files="-r '$top/traces/seed2-both.pcap' -r '$top/traces/seed1-full.pcap' \
	-r '$top/traces/screen-hostile.pcap'"

# -- every view and key ------------------------------------------------------------------

walk_list() {
	walk <<-'EOF'
	START => complete
	j k Down Up NPage PPage C-f C-b C-d C-u => complete
	G g End Home => complete
	5 G => complete
	Right Right h Left => complete
	e E n N => complete
	/ m i d - d a t a Enter => mid-data
	n N => mid-data
	Space T U Space => *
	> < z z => | by 
	F F p p => complete
	\ \ => error
	+ + - - - => complete
	w w w w w w => complete
	y => to the clipboard
	Y => what is told about the session was sent to the clipboard
	& => filter:
	e r r o r s Space => filter
	Escape => complete
	F4 C-u s e v e r i t y Space = Space e r r o r Enter => filter: severity
	F4 F4 => shown
	: => :
	s e t Space t Tab BTab Escape => complete
	: t h e m e Space l i g h t Enter => complete
	: t h e m e Space c o n t r a s t Enter => complete
	: t h e m e Space m o n o Enter => complete
	: t h e m e Space d a r k Enter => complete
	: n o n s e n s e Enter => is no command
	: b i n d Space % Space d o w n Enter => complete
	% X => complete
	A C-u s e t Space c o l u m n s Space c l i e n t , h e l o , b a n n e r , s e e n Enter => banner
	F10 BSpace BSpace BSpace BSpace BSpace BSpace BSpace c a u s e Enter => cause
	F5 => y or n
	n => complete
	m => mark this place
	Escape => complete
	g m a => mark a:
	G ' => to a mark
	a => complete
	' ' => complete
	: m a r k s Enter => Marks
	Enter => complete
	C-l => complete
	: s o r t - l e f t Enter => complete
	EOF
}

walk_session() {
	walk <<-'EOF'
	: g o t o Space s e s s i o n Space 1 Enter => complete
	Enter => Frames #
	j k G g e E n N C-d C-u NPage PPage l l h h => Frames #
	w w w w w w v v z z => Frames #
	/ 2 2 0 Enter => Frames #
	n N => Frames #
	y => to the clipboard
	Y => to the clipboard
	j m b => mark b:
	' a => complete
	' b => Frames #
	' ' => complete
	' ' => Frames #
	g x => Octets of frame
	] ] [ => Octets of frame
	v j y => the selection
	Escape => Frames #
	: 4 Enter => Frames #
	] => Frames #
	[ => Frames #
	F7 => Ladder #
	j k G g e E z z w w w w w w \ \ y => to the clipboard
	g Space j Space => frames
	Space - - + + v j y => the selection
	g e Enter => WHAT HAPPENED
	t => Transcript #
	j k G g e E r r w w w w w w z y => to the clipboard
	b b b T T # # => Transcript #
	v j j Escape => no lines are selected
	v k y => the selection
	f => Frames #
	F9 => Findings #
	j j j k G g e E y => to the clipboard
	a => acknowledged
	u => new again
	Enter => WHAT HAPPENED
	G g j j j e E y => to the clipboard
	F9 => Findings #
	Enter => WHAT HAPPENED
	a => acknowledged
	u => new again
	S => there is no file for it
	o => filter: finding = 
	F4 F4 => complete
	: g o t o Space s e s s i o n Space 1 Enter => complete
	t => Transcript #
	L => Ladder #
	i => INCIDENTS
	G g j e E z z y => to the clipboard
	Tab Tab Tab Tab BTab BTab => Dashboard
	w => last hour [all 1h 15m 5m 1m]
	w w w => last minute [all 1h 15m 5m 1m]
	G g Tab Enter => filter: results = 
	i => last minute [all 1h 15m 5m 1m]
	w => sessions: whole capture
	: s e t Space w i n d o w Space 5 m Enter => last 5 min
	: s e t Space w i n d o w Space a l l Enter => 4 sessions, 0 open
	q F4 F4 i => Dashboard
	g => INCIDENTS
	? => Keys
	G g / b i n d Enter => bind
	Escape => INCIDENTS
	F8 => Settings
	j j Enter => :set columns
	C-u => :
	Escape => Settings
	Escape => INCIDENTS
	Escape => #
	: g o t o Space s e s s i o n Space 1 Enter => complete
	EOF
}

walk_save() {
	walk <<-'EOF'
	T => complete
	: w r i t e Space s . p c a p Enter => s.pcap
	: w r i t e Space s . p c a p n g Enter => s.pcapng
	: w r i t e Space s . j s o n l Enter => s.jsonl
	: w r i t e Space s . m d Enter => s.md
	: w r i t e Space s . t x t Enter => s.txt
	: w r i t e Space s . s v g Enter => as svg
	s => save as:
	s . t x t Enter => y or n
	n => complete
	s => save as:
	Escape => complete
	i => Dashboard
	R => report as: incidents.md
	C-u s . h t m l Enter => saved as html
	Escape => complete
	| => pipe to:
	Escape => complete
	| t a i l Space - n Space 1 Enter => status 0; Enter goes back
	Enter => the command ended with status 0
	U => no session is tagged
	Enter => Frames #
	| g r e p Space - c Space x y z Enter => status 1; Enter goes back
	Enter => Frames #
	| e c h o Space s l e e p i n g & & s l e e p Space 1 0 0 Enter => sleeping
	C-c => ended by signal 2
	Enter => Frames #
	| k i l l Space - S T O P Space 0 Enter => ended by signal
	Enter => Frames #
	| t r a p Space "" Space 1 5 & & k i l l Space - S T O P Space 0 & & k i l l Space - S T O P Space 0 Enter => ended by signal 1
	Enter => Frames #
	Escape => complete
	T => tagged
	EOF
	for name in s.pcap s.pcapng s.jsonl s.md s.txt s.svg s.html; do
		[ -s "$work/$name" ] || wrong "$name was not saved"
	done
}

# every_key SIZE
every_key() {
	begin "every key, $1${watch:+, watched}" "$1" "$files"
	walk_list && walk_session && walk_save && term send-keys -t tour Q
	ended 0
	rm -f "$work"/s.*
}

# -- sizes -------------------------------------------------------------------------------

# The window is pulled at faster than pictures can be made, in every view.
storm() {
	begin "sizes${watch:+, watched}" 200x60 "$files"
	within 20 shows complete || wrong 'it did not start'
	for view in j Enter L t o i '?'; do
		term send-keys -t tour "$view"
		for size in 20x5 200x60 3x1 81x24 1x1 199x50 20x5 40x12 200x60; do
			term resize-window -t tour -x "${size%x*}" -y "${size#*x}"
			sleep 0.03
		done
	done
	walk <<-'EOF' && term send-keys -t tour Q
	START => Keys
	SIZE:20x5 => Help
	SIZE:200x60 => Keys
	q q => #
	q => complete
	EOF
	ended 0
}

# -- ends --------------------------------------------------------------------------------

pid_of() {
	cat "$work/pid"
}

ends() {
	for how in TERM:0 HUP:0 INT:0 SEGV:139 ABRT:134; do
		[ -z "$watch$sanitized" ] || [ "${how#*:}" = 0 ] || continue
		begin "${how%:*}" 80x24 "$files"
		within 20 shows complete || wrong 'it did not start'
		if [ "${how%:*}" = INT ]; then
			# Nothing is being read: the key says so, and the signal is the same.
			kill -INT "$(pid_of)"
			walk <<-'EOF'
			START => nothing is being read
			EOF
			term send-keys -t tour Q
		else
			kill "-${how%:*}" "$(pid_of)"
		fi
		ended "${how#*:}"
	done
}

# ^Z in an interactive shell, what it then is like there, and back.
suspends() {
	leg='^Z'
	legs=$((legs + 1))
	rm -f "$work"/status
	term new-session -d -s tour -x 100 -y 30 -c "$work" \
		"TERM=tmux-256color XDG_STATE_HOME='$work/state' SMTPSCOPERC= PS1='prompt> ' ENV= exec sh -i" || exit 99
	within 20 shows 'prompt>' || wrong 'there is no shell'
	term send-keys -t tour 'stty -a >before' Enter
	term send-keys -t tour "$program -r '$top/traces/seed1-full.pcap'" Enter
	walk <<-'EOF'
	START => complete
	Enter => Frames #1
	C-z => prompt>
	EOF
	term send-keys -t tour 'clear; stty -a >after; echo is""shell' Enter
	within 20 shows isshell || wrong 'the shell does not answer'
	cmp -s "$work/before" "$work/after" || wrong 'suspended, the modes are not what they were'
	term send-keys -t tour 'fg' Enter
	walk <<-'EOF' && term send-keys -t tour Q
	START => Frames #1
	SIZE:80x24 => Frames #1
	Escape => complete
	EOF
	within 20 shows 'prompt>' || wrong 'it does not end'
	term send-keys -t tour 'clear; stty -a | grep -v columns >after; echo is""back' Enter
	within 20 shows isback || wrong 'the shell does not answer'
	grep -v columns "$work/before" | cmp -s - "$work/after" ||
		wrong 'the modes are not what they were'
	term kill-session -t tour
}

# Some know no colours, some no line graphics, and "linux" has no size in terminfo.
kinds() {
	for kind in linux vt100 vt220 ansi xterm xterm-mono screen rxvt; do
		infocmp "$kind" >/dev/null 2>&1 || continue
		begin "a terminal like $kind" 100x30 "-r '$top/traces/seed1-full.pcap'"
		walk <<-'EOF' && term send-keys -t tour Q
		START => complete
		SIZE:80x24 => 8settings
		Enter => Frames #1
		EOF
		ended 0
	done
	kind=tmux-256color
}

# -- terminals that vanish ---------------------------------------------------------------

# Dead is enough: who started it may be slow to notice.
is_gone() {
	case $(ps -o stat= -p "$(pid_of)" 2>/dev/null) in
	'' | Z*) return 0 ;;
	esac
	return 1
}

# Standard input is a pipe that stays open; the capture that is written has to be whole.
# vanishes NAME, and then what takes the terminal away
vanishes() {
	leg=$1
	legs=$((legs + 1))
	shift
	rm -f "$work/feed" "$work/out.pcap" "$work/pid"
	mkfifo "$work/feed"
	# Holds the pipe open for as long as this shell lives.
	exec 3<>"$work/feed"
	echo "echo \$\$ >pid; exec $watch '$program' --tui -r - -w out.pcap <feed 2>stderr" \
		>"$work/start"
	term new-session -d -s tour -x 80 -y 24 -c "$work" \
		"TERM=tmux-256color XDG_STATE_HOME='$work/state' SMTPSCOPERC= exec sh ./start" || exit 99
	cat "$top/traces/auth-bruteforce-many.pcap" >&3
	within 20 shows 'packets 91' || wrong 'it did not start'
	"$@"
	within 20 is_gone || { wrong 'it goes on without a terminal'; kill "$(pid_of)"; }
	exec 3>&-
	cmp -s "$work/out.pcap" "$top/traces/auth-bruteforce-many.pcap" ||
		wrong "the file that was written has $(wc -c <"$work/out.pcap") octets, not $(
			wc -c <"$top/traces/auth-bruteforce-many.pcap")"
	term kill-session -t tour 2>/dev/null
	term has-session -t keep 2>/dev/null || term new-session -d -s keep 'sleep 1000'
}

# The same while a command of the user's has it, which goes as well.
kill_under_command() {
	term send-keys -t tour '|'
	within 20 shows 'pipe to:' || wrong 'no prompt'
	term send-keys -t tour 'echo $$ >command; echo run""ning; sleep 100' Enter
	within 20 shows running || wrong 'the command does not run'
	term kill-pane -t tour
	within 20 command_is_gone || wrong 'the command goes on without a terminal'
}

command_is_gone() {
	[ -s "$work/command" ] && ! kill -0 "$(cat "$work/command")" 2>/dev/null
}

no_server() {
	! term has-session 2>/dev/null
}

# Who asks a server that is about to go for a session may get one that goes with it.
kill_server() {
	term kill-server
	within 10 no_server
}

hang_up() {
	kill -HUP "$(pid_of)"
}

# -- commands ----------------------------------------------------------------------------

# While a command has the terminal frames are read: what is waiting for that ends.
feeds() {
	leg='a command while frames come'
	legs=$((legs + 1))
	rm -f "$work/feed" "$work/fed" "$work/pid"
	mkfifo "$work/feed"
	exec 3<>"$work/feed"
	echo "echo \$\$ >pid; exec $watch '$program' --tui -r - <feed 2>stderr" >"$work/start"
	term new-session -d -s tour -x 80 -y 24 -c "$work" \
		"TERM=tmux-256color XDG_STATE_HOME='$work/state' SMTPSCOPERC= exec sh ./start" || exit 99
	cat "$top/traces/auth-bruteforce-many.pcap" >&3
	within 20 shows 'packets 91' || wrong 'it did not start'
	term send-keys -t tour '|'
	within 20 shows 'pipe to:' || wrong 'no prompt'
	term send-keys -t tour 'echo wait""ing; until [ -e fed ]; do sleep 0.1; done' Enter
	within 20 shows waiting || wrong 'the command does not run'
	# More than a pipe holds.
	{
		for _ in $(seq 20); do
			tail -c +25 "$top/traces/auth-bruteforce-many.pcap"
		done >&3
		: >"$work/fed"
	} &
	feeder=$!
	if within 20 shows 'Enter goes back'; then
		term send-keys -t tour Enter
		within 20 shows '1,911' || wrong 'frames are missing'
	else
		wrong 'frames wait for the command'
		kill $feeder
	fi
	exec 3>&-
	term kill-session -t tour 2>/dev/null
}

# What has ended is cleared while frames come, and what comes then is listed.
clears() {
	leg='F5 while frames come'
	legs=$((legs + 1))
	rm -f "$work/feed" "$work/pid"
	mkfifo "$work/feed"
	exec 3<>"$work/feed"
	echo "echo \$\$ >pid; exec $watch '$program' --tui -r - <feed 2>stderr" >"$work/start"
	term new-session -d -s tour -x 80 -y 24 -c "$work" \
		"TERM=tmux-256color XDG_STATE_HOME='$work/state' SMTPSCOPERC= exec sh ./start" || exit 99
	# The last of these octets are half a frame.
	head -c 4000 "$top/traces/auth-bruteforce-many.pcap" >&3
	walk <<-'EOF'
	START => shown 2 of 2
	F5 => Clear 2 sessions that have ended
	y => 2 sessions cleared
	EOF
	tail -c +4001 "$top/traces/auth-bruteforce-many.pcap" >&3
	walk <<-'EOF'
	START => shown 3 of 3 | 2 cleared
	EOF
	exec 3>&-
	term kill-session -t tour 2>/dev/null
}

# A command has the rights of who called sudo, or is not run.
rights() {
	[ "$(id -u)" = 0 ] && nobody=$(id -u nobody 2>/dev/null) || return 0
	term set-environment -g SUDO_UID "$nobody"
	begin 'rights' 80x24 "$files"
	walk <<-'EOF'
	START => complete
	| e c h o Space u i d = $ ( i d Space - u ) . Enter => Enter goes back
	EOF
	shows "uid=$nobody." || wrong 'the command has other rights than its user'
	term send-keys -t tour Enter
	within 20 shows complete && term send-keys -t tour Q
	ended 0
	term set-environment -g SUDO_UID 4294967294
	begin 'rights of nobody known' 80x24 "$files"
	walk <<-'EOF'
	START => complete
	| i d Enter => cannot be told
	EOF
	term send-keys -t tour Q
	ended 0
	term set-environment -gu SUDO_UID
}

# -- all of it ---------------------------------------------------------------------------

sanitized=
nm "$program" 2>/dev/null | grep -q __asan_init && sanitized=yes
term new-session -d -s keep 'sleep 1000' || exit 99

sizes=80x24
[ "$tour" != long ] || sizes='80x24 120x35 200x50'
for size in $sizes; do
	every_key "$size"
done
storm
ends
kinds
suspends
feeds
clears
rights
vanishes 'pane killed' term kill-pane -t tour
vanishes 'pane killed under a command' kill_under_command
vanishes 'server killed' kill_server
vanishes 'hangup' hang_up

if [ -z "$sanitized" ] && command -v valgrind >/dev/null; then
	watch="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible"
	tries=60
	for size in $sizes; do
		every_key "$size"
	done
	if [ "$tour" = long ]; then
		storm
		ends
		vanishes 'pane killed, watched' term kill-pane -t tour
	fi
elif [ -z "$sanitized" ]; then
	echo 'tour: valgrind is not installed: the memory was not watched'
fi

echo "tour: $legs legs, $bad wrong"
test "$bad" -eq 0
