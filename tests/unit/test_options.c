/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the command line: what each option does, what is refused and in
 * which words, which words are files and which a filter.
 *
 * A good command line is shown as text, every field that differs from the
 * default, and compared with the text wanted.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/output.h"
#include "optinput.h"
#include "options.h"
#include "report/reporter.h"
#include "stream/reassembler.h"

enum { ARGS_MAX = 16 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* -- the options as text ---------------------------------------------------------------- */

static void
show_words(struct output *out, const char *name, const struct word_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		out_printf(out, " %s=%s", name, list->v[i]);
}

static void
show_number(struct output *out, const char *name, uint64_t n, uint64_t usual)
{
	if (n != usual)
		out_printf(out, " %s=%" PRIu64, name, n);
}

static void
show_text(struct output *out, const char *name, const char *text)
{
	if (text)
		out_printf(out, " %s=%s", name, text);
}

static void
show_capture(struct output *out, const struct optcapture *c)
{
	show_number(out, "way", c->direction, CAPTURE_INOUT);
	show_text(out, "stamp", c->timestamp);
	show_text(out, "user", c->user);
	show_number(out, "size", c->rotation.octets, 0);
	show_number(out, "each", c->rotation.seconds, 0);
	show_number(out, "files", c->rotation.files, 0);
	show_number(out, "seconds", c->stop.seconds, 0);
	show_number(out, "sessions", c->stop.sessions, 0);
	show_number(out, "findings", c->stop.findings, 0);
	show_number(out, "octets", c->stop.octets, 0);
}

static void
show_more(struct output *out, const struct options *o)
{
	char addr[IPADDR_TEXT_MAX];
	size_t i;

	show_number(out, "color", o->color, COLOR_AUTO);
	show_number(out, "time", o->time, TIME_RELATIVE);
	show_number(out, "memory", o->max_memory, 256 << 20);
	show_number(out, "timeout", o->timeout, 0);
	show_number(out, "checksum", o->checksum, CHECKSUM_REPORT);
	for (i = 5; i < o->nports; i++)
		out_printf(out, " port=%u", o->ports[i]);
	for (i = 0; i < o->nnames; i++) {
		ipaddr_text(addr, &o->names[i].addr);
		out_printf(out, " name=%s=%s", addr, o->names[i].name);
	}
}

static void
show(struct output *out, const struct options *o)
{
	show_number(out, "action", o->action, ACTION_RUN);
	show_text(out, "explain", o->explain);
	show_words(out, "file", &o->files);
	show_words(out, "if", &o->interfaces);
	show_text(out, "filter", o->filter);
	show_text(out, "display", o->show ? o->display_filter : NULL);
	show_number(out, "snaplen", o->snaplen, 0);
	show_number(out, "buffer", o->buffer, 0);
	show_number(out, "first", o->first_frame, 0);
	show_number(out, "count", o->max_packets, 0);
	show_number(out, "nopromisc", o->no_promisc, 0);
	show_text(out, "linktype", o->linktype);
	show_text(out, "write", o->write);
	show_text(out, "engine", o->engine == reassemblers[0] ? NULL : o->engine->name);
	show_text(out, "format", o->format == reporters[0] ? NULL : o->format->name);
	show_text(out, "output", strcmp(o->output, "-") == 0 ? NULL : o->output);
	show_number(out, "quiet", o->quiet, 0);
	show_number(out, "text", o->show_text, 0);
	show_number(out, "linebuf", o->line_buffered, 0);
	show_number(out, "verbose", o->verbose, 0);
	show_number(out, "severity", o->severity, SEV_NOTE);
	show_text(out, "failon", o->fail_on_set ? severity_name(o->fail_on) : NULL);
	show_capture(out, &o->capture);
	show_more(out, o);
}

/* -- command lines ---------------------------------------------------------------------- */

struct line_row {
	const char *name;
	const char *args[ARGS_MAX]; /* behind the program's name */
	const char *want;           /* text shown, or the text of the error */
};

static const struct line_row good_rows[] = {
	{ "short with a blank", { "-r", "a.pcap" }, " file=a.pcap" },
	{ "short without", { "-ra.pcap" }, " file=a.pcap" },
	{ "long with =", { "--read-file=a.pcap" }, " file=a.pcap" },
	{ "long with a blank", { "--read-file", "a.pcap" }, " file=a.pcap" },
	{ "long abbreviated", { "--read=a.pcap" }, " file=a.pcap" },
	{ "-r need not exist yet", { "-r", "none.pcap" }, " file=none.pcap" },
	{ "-r repeated", { "-r", "b.pcap", "-r", "a.pcap" }, " file=b.pcap file=a.pcap" },
	{ "-r -", { "-r", "-" }, " file=-" },
	{ "file word", { "a.pcap" }, " file=a.pcap" },
	{ "two file words", { "a.pcap", "b.pcap" }, " file=a.pcap file=b.pcap" },
	{ "-r and file word", { "b.pcap", "-r", "a.pcap" }, " file=a.pcap file=b.pcap" },
	{ "filter words", { "-r", "a.pcap", "port", "25" }, " file=a.pcap filter=port 25" },
	{ "file, then filter", { "a.pcap", "tcp", "port", "25" },
	    " file=a.pcap filter=tcp port 25" },
	{ "a file's name within a filter", { "a.pcap", "port", "25", "or", "port", "24" },
	    " file=a.pcap filter=port 25 or port 24" },
	{ "options between words", { "a.pcap", "port", "-v", "25" },
	    " file=a.pcap filter=port 25 verbose=1" },
	{ "-- ends the files", { "-r", "b.pcap", "--", "tcp" }, " file=b.pcap filter=tcp" },
	{ "a folder is no file", { "-r", "a.pcap", "tcp" }, " file=a.pcap filter=tcp" },
	{ "-- before a dash", { "-r", "a.pcap", "--", "tcp[0]", "!=", "-1" },
	    " file=a.pcap filter=tcp[0] != -1" },
	{ "-Y", { "-r", "a.pcap", "-Y", "open", "-Y", "not tls", "port", "25" },
	    " file=a.pcap filter=port 25 display=not tls" },
	{ "-f", { "-r", "a.pcap", "-f", "port 25" }, " file=a.pcap filter=port 25" },
	{ "-F", { "-r", "a.pcap", "-F", "filter.txt" },
	    " file=a.pcap filter=tcp    \n and port 25\n" },
	{ "filter of 802.11", { "-r", "a.pcap", "wlan", "type", "mgt" },
	    " file=a.pcap filter=wlan type mgt" },
	{ "-V", { "-V", "names.txt", "-r", "c.pcap" }, " file=c.pcap file=a.pcap file=b b.pcap" },
	{ "-i", { "-i", "eth0" }, " if=eth0" },
	{ "-Q", { "-i", "eth0", "-Q", "in" }, " if=eth0 way=1" },
	{ "-j -Z", { "-i", "eth0", "-j", "host", "-Z", "nobody", "--immediate-mode" },
	    " if=eth0 stamp=host user=nobody" },
	{ "-a", { "-i", "eth0", "-a", "duration:60", "-a", "sessions:5", "-a", "findings:1" },
	    " if=eth0 seconds=60 sessions=5 findings=1" },
	{ "-a filesize", { "-i", "eth0", "-w", "x", "-a", "filesize:3" },
	    " if=eth0 write=x octets=3072" },
	{ "-C", { "-i", "eth0", "-w", "x", "-C", "5" }, " if=eth0 write=x size=5000000" },
	{ "-C -W", { "-i", "eth0", "-w", "x", "-C", "64K", "-W", "10" },
	    " if=eth0 write=x size=65536 files=10" },
	{ "-G", { "-r", "a.pcap", "-w", "x%S", "-G", "60" }, " file=a.pcap write=x%S each=60" },
	{ "-G, one file", { "-r", "a.pcap", "-w", "x", "-G", "60", "-W", "1" },
	    " file=a.pcap write=x each=60 files=1" },
	{ "-i list", { "-i", "eth0,lo", "--interface=any" }, " if=eth0 if=lo if=any" },
	{ "-d", { "-r", "a.pcap", "-d", "1025", "-d", "26,65535" },
	    " file=a.pcap port=1025 port=26 port=65535" },
	{ "-d all", { "-r", "a.pcap", "-d", "all" }, " file=a.pcap" },
	{ "capture", { "-ilo", "-s96", "-B2M", "-p", "-yEN10MB", "-c", "5" },
	    " if=lo snaplen=96 buffer=2097152 count=5 nopromisc=1 linktype=EN10MB" },
	{ "-B without suffix is KiB", { "-ilo", "-B", "64" }, " if=lo buffer=65536" },
	{ "-s 0 is all", { "-ilo", "-s0" }, " if=lo" },
	{ "-w", { "-r", "a.pcap", "-w", "out.pcap" }, " file=a.pcap write=out.pcap" },
	{ "-w - with -o", { "-r", "a.pcap", "-w", "-", "-o", "r" },
	    " file=a.pcap write=- output=r" },
	{ "--first-frame", { "-r", "a.pcap", "--first-frame=3000" }, " file=a.pcap first=3000" },
	{ "accepted", { "-r", "a.pcap", "-nNU" }, " file=a.pcap" },
	{ "-T", { "-r", "a.pcap", "-T", "jsonl" }, " file=a.pcap format=jsonl" },
	{ "--engine default", { "-r", "a.pcap", "--engine=native" }, " file=a.pcap" },
	{ "bundle", { "-qlvvr", "a.pcap" }, " file=a.pcap quiet=1 linebuf=1 verbose=2" },
	{ "--show-text", { "-r", "a.pcap", "--show-text" }, " file=a.pcap text=1" },
	{ "--severity", { "-r", "a.pcap", "--severity=error" }, " file=a.pcap severity=2" },
	{ "--fail-on", { "-r", "a.pcap", "--fail-on", "note" }, " file=a.pcap failon=note" },
	{ "--fail-on none", { "-r", "a.pcap", "--fail-on=note", "--fail-on=none" },
	    " file=a.pcap" },
	{ "--color", { "-r", "a.pcap", "--color=never" }, " file=a.pcap color=2" },
	{ "--checksum", { "-r", "a.pcap", "--checksum=strict" }, " file=a.pcap checksum=1" },
	{ "--max-memory", { "-r", "a.pcap", "--max-memory=1g" }, " file=a.pcap memory=1073741824" },
	{ "--max-memory least", { "-r", "a.pcap", "--max-memory=4M" },
	    " file=a.pcap memory=4194304" },
	{ "--timeout", { "-r", "a.pcap", "--timeout=60" }, " file=a.pcap timeout=60" },
	{ "--name", { "-r", "a.pcap", "--name=192.0.2.1=IMC", "--name", "2001:DB8::1=a=b" },
	    " file=a.pcap name=192.0.2.1=IMC name=2001:db8::1=a=b" },
	{ "-t d", { "-r", "a.pcap", "-t", "d" }, " file=a.pcap time=1" },
	{ "-t before a file", { "-t", "ad", "a.pcap" }, " file=a.pcap time=3" },
	{ "--time-format", { "--time-format=none", "a.pcap" }, " file=a.pcap time=5" },
	{ "tcpdump's -t", { "-t", "-r", "a.pcap" }, " file=a.pcap time=5" },
	{ "tcpdump's -t, last", { "-r", "a.pcap", "-t" }, " file=a.pcap time=5" },
	{ "tcpdump's -t, bundled", { "-qt", "-r", "a.pcap" }, " file=a.pcap quiet=1 time=5" },
	{ "tcpdump's -tt", { "-tt", "-r", "a.pcap" }, " file=a.pcap time=4" },
	{ "tcpdump's -ttt", { "-ttt", "-r", "a.pcap" }, " file=a.pcap time=1" },
	{ "tcpdump's -tttt", { "-tttt", "-r", "a.pcap" }, " file=a.pcap time=3" },
	{ "tcpdump's -ttttt", { "-ttttt", "-r", "a.pcap" }, " file=a.pcap" },
	{ "--help needs no input", { "--help" }, " action=1" },
	{ "--version", { "--version" }, " action=2" },
	{ "-D", { "-D" }, " action=3" },
	{ "-L", { "-L", "-i", "lo" }, " action=4 if=lo" },
	{ "--list-checks", { "--list-checks", "-Tjsonl" }, " action=6 format=jsonl" },
	{ "--explain", { "--explain=reply-mid-data" }, " action=7 explain=reply-mid-data" },
	{ "--man-checks", { "--man-checks" }, " action=8" },
};

static const struct line_row bad_rows[] = {
	{ "nothing", { NULL }, "nothing to read: give -r FILE or -i IFACE" },
	{ "a file that is none", { "none.pcap" },
	    "\"none.pcap\" names no file, so it was taken for a filter: "
	    "the capture filter \"none.pcap\": *" },
	{ "a filter alone", { "tcp" },
	    "nothing to read: give -r FILE or -i IFACE (\"tcp\" names no file, so it was taken "
	    "for a filter)" },
	{ "a folder", { "folder" }, "\"folder\" names no file, so it was taken for a filter: *" },
	{ "a file behind --", { "--", "a.pcap" }, "\"a.pcap\" names no file, *" },
	{ "misspelt filter", { "-ra.pcap", "-f", "prot 25" }, "the capture filter \"prot 25\": *" },
	{ "two filters", { "-r", "a.pcap", "-f", "tcp", "port", "25" },
	    "the capture filter is given twice: use one of -f, -F and trailing words" },
	{ "two filters", { "-r", "a.pcap", "-f", "tcp", "-F", "filter.txt" },
	    "the capture filter is given twice: use one of -f, -F and trailing words" },
	{ "no filter file", { "-r", "a.pcap", "-F", "none.txt" },
	    "-F, --filter-file: none.txt: No such file or directory" },
	{ "filter file with NUL", { "-r", "a.pcap", "-F", "nul.txt" },
	    "-F, --filter-file: nul.txt: is not a text" },
	{ "-r and -i", { "-r", "a.pcap", "-i", "lo" },
	    "-r and -i exclude each other: read saved captures or an interface" },
	{ "standard input twice", { "-r-", "-r", "-" },
	    "-r: standard input can be read only once" },
	{ "empty name", { "-r", "" }, "-r, --read-file: the name is empty" },
	{ "empty interface", { "-i", "lo,,eth0" },
	    "-i, --interface: an entry of \"lo,,eth0\" is empty" },
	{ "empty text", { "-r", "a.pcap", "-o", "" }, "-o, --output: the argument is empty" },
	{ "-o over an input", { "-r", "a.pcap", "-o", "./a.pcap" },
	    "-o, --output: ./a.pcap is an input and would be overwritten" },
	{ "-w over an input", { "-r", "a.pcap", "-w", "link.pcap" },
	    "-w, --write: link.pcap is an input and would be overwritten" },
	{ "-w and -o one file", { "-r", "a.pcap", "-w", "x", "-o", "x" },
	    "-w and the report both go to x: give -o another FILE" },
	{ "-w - and the report", { "-r", "a.pcap", "-w", "-" },
	    "-w and the report both go to standard output: give -o another FILE" },
	{ "-V of no text", { "-V", "nul.txt" }, "-V, --files-from: nul.txt: is not a text" },
	{ "-V none", { "-V", "none.txt" }, "-V, --files-from: none.txt: No such file*" },
	{ "-Q", { "-i", "lo", "-Q", "up" },
	    "-Q, --direction: \"up\" is unknown: give inout, in *" },
	{ "-Q of a file", { "-r", "a.pcap", "-Q", "in" }, "-Q: only for interfaces (-i)" },
	{ "-a unknown", { "-i", "lo", "-a", "time:3" },
	    "-a, --autostop: \"time:3\" is no condition: give duration:SECONDS, sessions:N, *" },
	{ "-a no number", { "-i", "lo", "-a", "duration:" },
	    "-a, --autostop: \"\" is not a whole number" },
	{ "-a 0", { "-i", "lo", "-a", "sessions:0" },
	    "-a, --autostop: 0 is out of range: 1 or more" },
	{ "-a of a file", { "-r", "a.pcap", "-a", "sessions:3" }, "-a: ends a live capture (-i)*" },
	{ "-a filesize", { "-i", "lo", "-a", "filesize:3" }, "-a filesize: name a .pcap with -w" },
	{ "-C alone", { "-i", "lo", "-C", "5" }, "-C, -G: name the files with -w" },
	{ "-C of -", { "-i", "lo", "-C", "5", "-w", "-", "-o", "x" },
	    "-C, -G: name the files with -w" },
	{ "-G of pcapng", { "-i", "lo", "-G", "5", "-w", "x.pcapng" },
	    "-C, -G: a pcapng file with findings is written as one*" },
	{ "-G of one name", { "-i", "lo", "-G", "5", "-w", "x" },
	    "-G: give -w a name with a time in it, such as mail-%H%M%S.pcap: *" },
	{ "-W alone", { "-i", "lo", "-W", "5", "-w", "x" },
	    "-W: how long is a file? Give -C or -G, too" },
	{ "-C too small", { "-i", "lo", "-C", "1K", "-w", "x" },
	    "-C, --rotate-size: 1K is out of range: *" },
	{ "-c 0", { "-c", "0" }, "-c, --count: 0 is out of range: 1 or more" },
	{ "-c text", { "-c", "many" }, "-c, --count: \"many\" is not a whole number" },
	{ "-c trailing text", { "-c", "5k" }, "-c, --count: \"5k\" is not a whole number" },
	{ "-c sign", { "-c", "-5" }, "-c, --count: \"-5\" is not a whole number" },
	{ "-c blank", { "-c", " 5" }, "-c, --count: \" 5\" is not a whole number" },
	{ "-c above 64 bits", { "-c", "18446744073709551616" },
	    "-c, --count: 18446744073709551616 is out of range: 1 or more" },
	{ "-s", { "-s", "262145" }, "-s, --snapshot-length: 262145 is out of range: 0 to 262144" },
	{ "-d 0", { "-d", "25,0" }, "-d, --decode-as: 0 is out of range: 1 to 65535" },
	{ "-d word", { "-d", "smtp" }, "-d, --decode-as: \"smtp\" is not a whole number" },
	{ "-d above", { "-d", "65536" }, "-d, --decode-as: 65536 is out of range: 1 to 65535" },
	{ "-B unit", { "-B", "4X" },
	    "-B, --buffer-size: \"4X\" is not a size: digits, then K, M, G or nothing" },
	{ "-B range", { "-B", "2G" }, "-B, --buffer-size: 2G is out of range: 1K to 2047M" },
	{ "--max-memory", { "--max-memory=3M" }, "--max-memory: 3M is out of range: 4M to 1024G" },
	{ "--max-memory overflow", { "--max-memory=99999999999G" },
	    "--max-memory: 99999999999G is out of range: 4M to 1024G" },
	{ "-T", { "-T", "xml" }, "-T, --format: \"xml\" is unknown: give text, *" },
	{ "--redact word", { "--redact=hosts,names", "-T", "html" },
	    "--redact: \"names\" is unknown: give addresses, hosts, subject, body, all or none" },
	{ "--severity", { "--severity=fatal" },
	    "--severity: \"fatal\" is unknown: give note, warning or error" },
	{ "-z unknown", { "-z", "tables" },
	    "-z, --statistics: \"tables\" is no statistic: give *" },
	{ "-z of tcpdump", { "-z", "gzip" }, "-z, --statistics: \"gzip\" is no statistic; *" },
	{ "-z as HTML", { "-T", "html", "-z", "tls" },
	    "-z: statistics have no -T html; give text, jsonl or csv" },
	{ "-z as CSV", { "-z", "tls,peers", "-T", "csv" },
	    "-z: -T csv is one table; give a single statistic" },
	{ "--fail-on", { "--fail-on=Error" },
	    "--fail-on: \"Error\" is unknown: give note, warning, error or none" },
	{ "--color", { "--color=yes" }, "--color: \"yes\" is unknown: give auto, always or never" },
	{ "--checksum", { "--checksum=off" },
	    "--checksum: \"off\" is unknown: give report, strict or ignore" },
	{ "--engine", { "--engine=gnu" }, "--engine: \"gnu\" is unknown: give native*" },
	{ "-t", { "-t", "x" },
	    "-t, --time-format: \"x\" is not a time format: r, d, a, u, ad, ud, e or none" },
	{ "--time-format alone", { "--time-format" }, "-t, --time-format: an argument is missing" },
	{ "--name address", { "--name=mx1=IMC" },
	    "--name: \"mx1\" is not an IPv4 or IPv6 address" },
	{ "--name form", { "--name=192.0.2.1" },
	    "--name: \"192.0.2.1\" is not of the form ADDRESS=NAME" },
	{ "--name empty", { "--name=192.0.2.1=" },
	    "--name: \"192.0.2.1=\" is not of the form ADDRESS=NAME" },
	{ "argument missing", { "-r" }, "-r, --read-file: an argument is missing" },
	{ "argument too many", { "--quiet=yes" }, "-q, --quiet: takes no argument" },
	{ "unknown letter", { "-H" }, "-H: no such option" },
	{ "unknown letter in a bundle", { "-qH" }, "-H: no such option" },
	{ "unknown name", { "--frobnicate" }, "--frobnicate: no such option" },
	{ "unknown name with argument", { "--frobnicate=1" }, "--frobnicate: no such option" },
	{ "ambiguous name", { "--list" }, "--list: several options begin like this" },
	{ "not yet", { "-E", "x" }, "-E: choosing fields is not in this version" },
	{ "display filter", { "-Y", "severty = error" },
	    "-Y, --display-filter: there is no field \"severty\": do you mean severity?\n"
	    "  severty = error\n  ^" },
	{ "display filter, empty", { "--display-filter=" },
	    "-Y, --display-filter: the filter is empty" },
	{ "unknown theme", { "--theme=pink", "-r-" },
	    "--theme: \"pink\" is unknown: give dark, light, mono or contrast" },
	{ "unknown column", { "--columns=number,x", "-r-" },
	    "--columns: there is no column \"x\": give number, start, client, server, tls, tx, "
	    "rcpt, octets, duration, wait, end, severity, result, cause, check, sender, recipients, "
	    "helo, banner, queue-id, message-id, reply, seen" },
};

/* Parses the row's line; returns what options_parse() did. */
static int
parse_row(const struct line_row *row, struct options *o, struct error *err)
{
	static char program[] = "smtpscope";
	char *argv[ARGS_MAX + 2] = { program };
	int argc = 1;

	while (argc <= ARGS_MAX && row->args[argc - 1]) {
		argv[argc] = (char *)(uintptr_t)row->args[argc - 1];
		argc++;
	}
	return options_parse(o, argc, argv, err);
}

static void
test_good(void **state)
{
	struct error err = { "" };
	struct options o;
	struct output *out;
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good_rows); i++) {
		if (parse_row(&good_rows[i], &o, &err) != 0)
			fail_msg(
			    "%s: got the error \"%s\", want none", good_rows[i].name, err.text);
		out = output_memory();
		show(out, &o);
		got = (const char *)output_slice(out).p;
		if (strcmp(got, good_rows[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", good_rows[i].name, got,
			    good_rows[i].want);
		output_close(out, &err);
		options_fini(&o);
	}
}

/* A want that ends in '*' is a beginning: what follows is libpcap's text. */
static bool
text_fits(const char *got, const char *want)
{
	size_t n = strlen(want);

	if (n && want[n - 1] == '*')
		return strncmp(got, want, n - 1) == 0;
	return strcmp(got, want) == 0;
}

static void
test_bad(void **state)
{
	struct error err;
	struct options o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad_rows); i++) {
		err.text[0] = '\0';
		if (parse_row(&bad_rows[i], &o, &err) == 0)
			fail_msg(
			    "%s: got no error, want \"%s\"", bad_rows[i].name, bad_rows[i].want);
		if (!text_fits(err.text, bad_rows[i].want))
			fail_msg("%s: got \"%s\", want \"%s\"", bad_rows[i].name, err.text,
			    bad_rows[i].want);
		options_fini(&o);
	}
}

/* With no input named, a pipe on standard input is one. */
static void
test_standard_input(void **state)
{
	static const struct line_row row = { "pipe", { "-q" }, " file=- quiet=1" };
	int saved = dup(STDIN_FILENO), ends[2];
	struct error err = { "" };
	struct options o;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	if (parse_row(&row, &o, &err) != 0)
		fail_msg("got the error \"%s\", want none", err.text);
	assert_int_equal(o.files.n, 1);
	assert_string_equal(o.files.v[0], "-");
	options_fini(&o);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
}

/* -- files to name ---------------------------------------------------------------------- */

static char folder[] = "/tmp/test_options.XXXXXX";

static const struct {
	const char *name;
	const char *text;
	size_t n;
} files[] = {
	{ "a.pcap", "", 0 },
	{ "b.pcap", "", 0 },
	{ "filter.txt", "tcp # c\n and port 25\n", 21 },
	{ "nul.txt", "tcp\0x", 5 },
	{ "names.txt", "a.pcap\n\nb b.pcap\n", 17 },
};

static int
setup(void **state)
{
	size_t i;
	int fd;

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) != 0 || mkdir("folder", 0700) != 0)
		return -1;
	for (i = 0; i < COUNT(files); i++) {
		fd = open(files[i].name, O_CREAT | O_WRONLY, 0600);
		if (fd < 0 || write(fd, files[i].text, files[i].n) != (ssize_t)files[i].n)
			return -1;
		close(fd);
	}
	if (link("a.pcap", "link.pcap") != 0)
		return -1;
	/* Whoever runs the tests, the configuration is none, and standard input is no input. */
	setenv("SMTPSCOPERC", "", 1);
	fd = open("/dev/null", O_RDONLY);
	return fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO && close(fd) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(files); i++)
		unlink(files[i].name);
	unlink("link.pcap");
	rmdir("folder");
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_standard_input),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
