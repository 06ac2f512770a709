/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options_table - every option: its names, what --help says of it, and where its
 * value goes.
 *
 * A row is all there is to an option: parsing, the help text and the tests read
 * the table.  Values that are more than a number or a text have a setter (optset.h).
 */
#include <stddef.h>

#include "optcapture.h"
#include "options.h"
#include "optscreen.h"
#include "optset.h"

#define FIELD(f)          .field = offsetof(struct options, f)
#define NOTHING           .kind = KIND_NOTHING
#define FLAG(f)           .kind = KIND_FLAG, FIELD(f)
#define COUNT(f)          .kind = KIND_COUNT, FIELD(f)
#define TEXT(f)           .kind = KIND_TEXT, FIELD(f)
#define NUMBER(f, lo, hi) .kind = KIND_NUMBER, FIELD(f), .min = (lo), .max = (hi)
#define ACTION(a)         .kind = KIND_ACTION, FIELD(action), .min = (a)
#define CALL(function)    .kind = KIND_CALL, .set = (function)
#define SETTABLE          .settable = true
#define REPORT            .report = true

/* clang-format off */
static const struct option_row rows[] = {
	{ 'r', "read-file", "FILE", GROUP_INPUT,
	  "read a saved capture, \"-\" is standard input;\n"
	  "repeatable: several are merged by time", CALL(optset_file) },
	{ 'i', "interface", "IF[,IF]", GROUP_INPUT,
	  "capture live, \"any\" for all; repeatable", CALL(optset_interfaces) },
	{ 'V', "files-from", "FILE", GROUP_INPUT,
	  "the names of saved captures, a line each; \"-\" is\n"
	  "standard input", CALL(optcapture_files) },
	{ 'f', "filter", "EXPR", GROUP_INPUT,
	  "capture filter, see pcap-filter(7); trailing\n"
	  "words are one too", TEXT(filter_arg) },
	{ 'F', "filter-file", "FILE", GROUP_INPUT,
	  "read the capture filter from FILE", TEXT(filter_file) },
	{ 'd', "decode-as", "PORT[,PORT]", GROUP_INPUT,
	  "these ports are SMTP as well as 24, 25, 465, 587\n"
	  "and 2525; others are, once they show it", CALL(optset_ports), SETTABLE },
	{ 0, "first-frame", "N", GROUP_INPUT,
	  "number of the first frame (default 1)", NUMBER(first_frame, 1, UINT64_C(1) << 52) },

	{ 's', "snapshot-length", "N", GROUP_CAPTURE,
	  "octets kept of a packet (default 262144)", NUMBER(snaplen, 0, 262144) },
	{ 'B', "buffer-size", "KIB", GROUP_CAPTURE,
	  "kernel buffer; suffix K, M or G", CALL(optset_buffer) },
	{ 'p', "no-promiscuous-mode", NULL, GROUP_CAPTURE,
	  "do not put the interface into that mode", FLAG(no_promisc) },
	{ 'Q', "direction", "WAY", GROUP_CAPTURE,
	  "in, out or inout (default)", CALL(optcapture_direction) },
	{ 'j', "time-stamp-type", "TYPE", GROUP_CAPTURE,
	  "who stamps the packets, as -J lists them", TEXT(capture.timestamp) },
	{ 0, "immediate-mode", NULL, GROUP_CAPTURE,
	  "accepted; packets are seen within 100 ms", NOTHING },
	{ 'Z', "relinquish-privileges", "USER", GROUP_CAPTURE,
	  "become USER once the inputs are open", TEXT(capture.user) },
	{ 'y', "linktype", "TYPE", GROUP_CAPTURE,
	  "link type to capture, as -L lists them", TEXT(linktype) },
	{ 'c', "count", "N", GROUP_CAPTURE,
	  "stop after N packets", NUMBER(max_packets, 1, UINT64_MAX) },
	{ 'a', "autostop", "CONDITION", GROUP_CAPTURE,
	  "stop after duration:SECONDS, sessions:N,\n"
	  "findings:N or filesize:KIB (of -w); repeatable", CALL(optcapture_stop) },
	{ 'w', "write", "FILE", GROUP_CAPTURE,
	  "also save the packets that pass the filter;\n"
	  "FILE.pcapng: those of the sessions, with findings\n"
	  "as comments on their frames", TEXT(write) },
	{ 'C', "rotate-size", "SIZE", GROUP_CAPTURE,
	  "next -w file after so many million octets, or as\n"
	  "the suffix K, M or G says", CALL(optcapture_size) },
	{ 'G', "rotate-time", "SECONDS", GROUP_CAPTURE,
	  "next -w file after this time; its name is for\n"
	  "strftime(3)", NUMBER(capture.rotation.seconds, 1, UINT32_MAX) },
	{ 'W', "rotate-count", "N", GROUP_CAPTURE,
	  "keep N of the files of -C; end after N of -G",
	  NUMBER(capture.rotation.files, 1, UINT32_MAX) },
	{ 'D', "list-interfaces", NULL, GROUP_CAPTURE,
	  "list the interfaces and end", ACTION(ACTION_LIST_INTERFACES) },
	{ 'L', "list-data-link-types", NULL, GROUP_CAPTURE,
	  "list the link types of the interface and end", ACTION(ACTION_LIST_LINKTYPES) },
	{ 'J', "list-time-stamp-types", NULL, GROUP_CAPTURE,
	  "list the kinds of time stamps of the interface\n"
	  "and end", ACTION(ACTION_LIST_TIMESTAMPS) },
	{ 'U', "packet-buffered", NULL, GROUP_CAPTURE,
	  "accepted; a live -w file is always up to date", NOTHING },

	{ 0, "engine", "NAME", GROUP_ANALYSIS,
	  "who puts TCP streams together, see below", CALL(optset_engine), SETTABLE },
	{ 0, "checksum", "MODE", GROUP_ANALYSIS,
	  "wrong checksums: report (default), strict\n"
	  "(such segments are dropped), ignore", CALL(optset_checksum), SETTABLE },
	{ 0, "timeout", "SECONDS", GROUP_ANALYSIS,
	  "a silent connection ends after this (3600)", NUMBER(timeout, 1, 31536000),
	  SETTABLE },
	{ 0, "max-memory", "SIZE", GROUP_ANALYSIS,
	  "limit for everything kept (default 256M; 512M in\n"
	  "the terminal interface)", CALL(optset_max_memory), SETTABLE },
	{ 0, "spool", "SIZE", GROUP_ANALYSIS,
	  "limit for the temporary file of frames that no\n"
	  "input gives twice (default 1G; 0: no file)", CALL(optset_spool), SETTABLE },
	{ 0, "threads", "N", GROUP_ANALYSIS,
	  "1: all in turn; 2: sessions are judged apart;\n"
	  "3: files are read apart, too (default, given two\n"
	  "processors)", NUMBER(threads, 1, 3), SETTABLE },
	{ 0, "suppress", "ID[,ID]", GROUP_ANALYSIS,
	  "no findings of these checks; repeatable", CALL(options_suppress) },
	{ 0, "suppress-file", "FILE", GROUP_ANALYSIS,
	  "the same for single peers, or for a time, by lines\n"
	  "ID [ADDRESS[/BITS]] [until YYYY-MM-DD]", CALL(optset_suppress_file) },
	{ 0, "grade", "ID=LEVEL", GROUP_ANALYSIS,
	  "severity of the findings of a check: error,\n"
	  "warning, note, off or usual; repeatable", CALL(optset_grade) },

	{ 'Y', "display-filter", "EXPR", GROUP_OUTPUT,
	  "only sessions that match: severity >= warning\n"
	  "and rcpt ~ @example.net; help lists the fields", CALL(optset_display_filter) },
	{ 'T', "format", "FORMAT", GROUP_OUTPUT,
	  "form of the report, see below", CALL(optset_format), REPORT },
	{ 'z', "statistics", "NAME[,NAME]", GROUP_OUTPUT,
	  "tables about the run in place of its sessions;\n"
	  "help lists them; as text, -T jsonl or -T csv", CALL(optset_statistics), REPORT },
	{ 'o', "output", "FILE", GROUP_OUTPUT,
	  "where the report goes (default \"-\")", TEXT(output), REPORT },
	{ 'q', "quiet", NULL, GROUP_OUTPUT,
	  "findings and summaries only", FLAG(quiet), REPORT },
	{ 'v', "verbose", NULL, GROUP_OUTPUT,
	  "more detail; repeatable", COUNT(verbose), REPORT },
	{ 0, "severity", "LEVEL", GROUP_OUTPUT,
	  "lowest shown: note (default), warning, error", CALL(optset_severity), SETTABLE },
	{ 0, "fail-on", "LEVEL", GROUP_OUTPUT,
	  "exit status 1 if a finding reaches LEVEL;\n"
	  "none (default) never", CALL(optset_fail_on), SETTABLE, REPORT },
	{ 0, "color", "WHEN", GROUP_OUTPUT,
	  "auto (default), always, never", CALL(optset_color), SETTABLE },
	{ 't', "time-format", "FORMAT", GROUP_OUTPUT,
	  "r since the session began (default), d since the\n"
	  "line before, a or u time of day, ad or ud with\n"
	  "date (UTC), e seconds since 1970, none; also -t\n"
	  "to -ttttt as in tcpdump", CALL(optset_time), SETTABLE },
	{ 0, "name", "ADDR=NAME", GROUP_OUTPUT,
	  "show NAME for this address; repeatable", CALL(optset_name) },
	{ 0, "redact", "WHAT[,WHAT]", GROUP_OUTPUT,
	  "hide addresses, hosts, subject, body; all, none;\n"
	  "alone: all, as markdown and html do anyway", CALL(optset_redact), .optional = true },
	{ 0, "show-text", NULL, GROUP_OUTPUT,
	  "show the text of messages, too", FLAG(show_text) },
	{ 'l', "line-buffered", NULL, GROUP_OUTPUT,
	  "write every record at once", FLAG(line_buffered), REPORT },
	{ 'n', "numeric", NULL, GROUP_OUTPUT,
	  "accepted; names are never looked up", NOTHING },
	{ 'N', "no-tui", NULL, GROUP_OUTPUT,
	  "a report, even on a terminal", CALL(optscreen_text) },

	{ 0, "tui", NULL, GROUP_SCREEN,
	  "the terminal interface, even if standard input\n"
	  "is no terminal; usual on one unless -N, -T, -z,\n"
	  "-o, -q, -v, -l or --fail-on is given", CALL(optscreen_screen) },
	{ 0, "theme", "NAME", GROUP_SCREEN,
	  "colours: dark, light, mono, contrast", CALL(optscreen_theme), SETTABLE },
	{ 0, "columns", "NAME[,NAME]", GROUP_SCREEN,
	  "of the list of sessions", CALL(optscreen_columns), SETTABLE },
	{ 0, "sort", "[-]NAME", GROUP_SCREEN,
	  "column that the list is sorted by", CALL(optscreen_sort), SETTABLE },
	{ 0, "window", "all|1h|15m|5m|1m", GROUP_SCREEN,
	  "sessions that the dashboard counts", CALL(optscreen_window), SETTABLE },
	{ 0, "ascii", "on|off", GROUP_SCREEN,
	  "lines in ASCII, other characters escaped", CALL(optscreen_ascii), SETTABLE,
	  .optional = true },
	{ 0, "mouse", "on|off", GROUP_SCREEN,
	  "heed the mouse (default off)", CALL(optscreen_mouse), SETTABLE, .optional = true },

	{ 0, "list-checks", NULL, GROUP_OTHER,
	  "list what can be found; -T jsonl: as JSON", ACTION(ACTION_LIST_CHECKS) },
	{ 0, "explain", "ID", GROUP_OTHER,
	  "tell all about one check", CALL(optset_explain) },
	{ 0, "man-checks", NULL, GROUP_OTHER,
	  NULL, ACTION(ACTION_MAN_CHECKS) },
	{ 0, "config", "FILE", GROUP_OTHER,
	  "read this smtpscoperc(5), too", TEXT(config) },
	{ 0, "no-config", NULL, GROUP_OTHER,
	  "read no smtpscoperc(5)", FLAG(no_config) },
	{ 0, "version", NULL, GROUP_OTHER,
	  "version, engines, libraries", ACTION(ACTION_VERSION) },
	{ 'h', "help", NULL, GROUP_OTHER,
	  "this text", ACTION(ACTION_HELP) },
};
/* clang-format on */

const struct option_row *
options_rows(size_t *n)
{
	*n = sizeof rows / sizeof rows[0];
	return rows;
}
