#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The documents of the terminal interface, as screens of two widths would show them, say
# what tests/expect/doc/NAME.VIEW.WIDTH.txt says; and every document of every trace can be
# made, at widths from 20 to 200 in turn, without an octet that must not reach a terminal.
#
#	T=NAME  only this trace      R=VIEW  only this view      UPDATE=1  writes anew
#
# make check sets $srcdir; the current folder is the build folder.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
showdoc=$(pwd)/tests/showdoc
test -x "$showdoc" || { echo "documents: tests/showdoc is not built"; exit 77; }

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
bad=0 shown=0 swept=0

input() { # NAME
	test -r "$src/traces/$1.pcap" && echo "$src/traces/$1.pcap" || echo "$src/traces/$1.txt"
}

show() { # NAME VIEW WIDTH
	old=$src/tests/expect/doc/$1.$2.$3.txt
	shown=$((shown + 1))
	echo "${old##*/}" >>"$tmp/names"
	case " ${T:-$1} " in *" $1 "*) ;; *) return ;; esac
	case " ${R:-$2} " in *" $2 "*) ;; *) return ;; esac
	if ! "$showdoc" "$2" "$3" "$(input "$1")" >"$tmp/new" 2>"$tmp/err" || test -s "$tmp/err"; then
		echo "$1: showdoc $2 $3 fails"
		head -n 5 "$tmp/err"
		bad=$((bad + 1))
		return
	fi
	cmp -s "$tmp/new" "$old" && return
	if [ -n "${UPDATE:-}" ]; then
		mkdir -p "${old%/*}" && cp "$tmp/new" "$old" && echo "wrote ${old#"$src"/}"
		return
	fi
	echo "${old#"$src"/} differs (make update-golden T=$1, then read it)"
	diff -u "$old" "$tmp/new" 2>/dev/null | sed -n '3,30p'
	bad=$((bad + 1))
}

# What a screen of 80 columns and one of 120 show.
while read -r name views; do
	for view in $views; do
		show "$name" "$view" 80
		show "$name" "$view" 120
	done
done <<END
seed1-full frames ladder transcript findings finding answer dashboard
seed1-excerpt frames ladder transcript answer
seed1-paste frames ladder transcript findings finding answer dashboard
seed2-a frames ladder transcript findings finding answer
seed3-C frames ladder transcript answer
tcp-mtu-blackhole frames ladder transcript finding answer
ok-lmtp frames ladder transcript answer
ok-starttls frames ladder transcript findings answer
report-hostile frames ladder transcript findings finding answer dashboard
END
show auth-bruteforce-many dashboard 80
show auth-bruteforce-many dashboard 120
# What ended in the last minutes, and what has no numbers of these.
for window in 1h 15m 5m 1m; do
	show report-window dashboard+window=$window 80
	show report-window dashboard+window=$window 120
done
# Everything that is no default.
show seed1-full frames+utf8+tcp+unfold+delta 200
show seed1-full ladder+utf8 200
show report-hostile transcript+redact+none 80
show report-hostile transcript+nonumbers+notimes 80
show report-hostile ladder+utf8+date 120
show seed1-full frames 20
show seed1-full answer+lines=6 80
show eod-unanswered answer+lines=9 80

# What nothing makes any more would be compared with nothing.
for old in "$src"/tests/expect/doc/*; do
	test -e "$old" || continue
	grep -qxF "${old##*/}" "$tmp/names" || {
		echo "${old#"$src"/}: nothing makes it"
		bad=$((bad + 1))
	}
done

if [ -z "${T:-}${R:-}${UPDATE:-}" ]; then
	# What is to be hidden is hidden in every view.
	for view in frames ladder transcript findings finding answer dashboard; do
		"$showdoc" $view 120 --redact=addresses,hosts "$(input seed1-full)" >"$tmp/new" 2>&1 ||
			bad=$((bad + 1))
		if ! grep -q '[A-Za-z]' "$tmp/new" ||
			grep -nE '192\.0\.2\.|198\.51\.|cartoonville|tin\.pan|clem|ditty' "$tmp/new"; then
			echo "seed1-full: $view shows names that are to be hidden, or nothing"
			bad=$((bad + 1))
		fi
	done
	set -- 20 80 1 120 200 47
	for trace in "$src"/traces/*.pcap "$src"/traces/*.txt; do
		if ! "$showdoc" all "$1" "$trace" >"$tmp/out" 2>&1 || test -s "$tmp/out"; then
			echo "${trace##*/}: showdoc all $1 fails"
			head -n 5 "$tmp/out"
			bad=$((bad + 1))
		fi
		swept=$((swept + 1))
		set -- "$2" "$3" "$4" "$5" "$6" "$1"
	done
	test $swept -gt 0 || bad=$((bad + 1))
fi
echo "documents: $shown compared, all of $swept traces made, $bad faults"
test $bad -eq 0
