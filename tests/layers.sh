#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Includes go down the layers only (ARCHITECTURE.md, "Layers").  Every quoted
# #include of src/ and dissectors/ is an edge between two folders; an edge to a
# higher layer, or to another folder of the same layer, fails.  So does a
# folder that has no layer and an include that is no file of ours.
set -u
cd "${srcdir:-.}" || exit 99

find src dissectors -name '*.[ch]' -type f -print | LC_ALL=C sort | xargs awk '
BEGIN {
	rank["base"] = 0; rank["capture"] = 1; rank["decode"] = 2; rank["stream"] = 3
	rank["model"] = 4; rank["tls"] = 4.5; rank["dissectors"] = 5; rank["smtp"] = 5
	rank["store"] = 5.5; rank["filter"] = 5.7; rank["report"] = 6; rank["export"] = 6.3; rank["tui"] = 6.5
	rank["program"] = 7
	for (i = 1; i < ARGC; i++)
		known[ARGV[i]] = 1
}
# The folder that a file counts for: src/capture/x.c is capture, src/x.c is
# the program, dissectors/smtp/checks/x.c is smtp, dissectors/x.c is dissectors.
function folder(path,    part, n) {
	n = split(path, part, "/")
	if (n > 2)
		return part[2]
	return part[1] == "src" ? "program" : "dissectors"
}
# The compiler looks beside the including file, then in -Isrc, -Idissectors.
function resolve(path,    beside) {
	beside = FILENAME
	sub(/[^\/]*$/, "", beside)
	if ((beside path) in known)
		return beside path
	if (("src/" path) in known)
		return "src/" path
	if (("dissectors/" path) in known)
		return "dissectors/" path
	return ""
}
function complain(text) {
	printf "layers: %s:%d: %s\n", FILENAME, FNR, text
	bad++
}
FNR == 1 {
	files++
	from = folder(FILENAME)
	if (!(from in rank)) {
		complain("folder " from " has no layer")
		nextfile
	}
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	path = $0
	sub(/^[^"]*"/, "", path)
	sub(/".*/, "", path)
	edges++
	file = resolve(path)
	if (file == "") {
		complain("\"" path "\" is no file of src/ or dissectors/")
		next
	}
	to = folder(file)
	if (!(to in rank))
		complain("\"" path "\" is in no layer")
	else if (rank[to] > rank[from])
		complain(from " (" rank[from] ") includes \"" path "\" of " to " (" rank[to] ")")
	# Files in dissectors/ itself are shared by all dissectors and hold the
	# table of them; every other pair on one layer must not know each other.
	else if (rank[to] == rank[from] && to != from && \
	    to != "dissectors" && from != "dissectors")
		complain(from " includes \"" path "\" of " to ", a folder of the same layer")
}
END {
	if (files == 0 || edges == 0) {
		print "layers: nothing was looked at"
		bad++
	}
	printf "layers: %d files, %d includes, %d wrong\n", files, edges, bad
	exit bad > 0
}'
