/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opthelp - --help, made of the tables of options, formats and engines, and
 * --version.
 */
#include <config.h>

#include <jansson.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <xxhash.h>

#include "base/output.h"
#include "capture/capture.h"
#include "opthelp.h"
#include "options.h"
#include "report/reporter.h"
#include "stream/reassembler.h"
#include "tui/tui.h"

enum { HELP_COLUMN = 29, OPTION_TEXT_MAX = 80 };

static const struct {
	enum option_group group;
	const char *title;
} groups[] = {
	{ GROUP_INPUT, "Input" },
	{ GROUP_CAPTURE, "Capture" },
	{ GROUP_ANALYSIS, "Analysis" },
	{ GROUP_OUTPUT, "Output" },
	{ GROUP_SCREEN, "Terminal interface" },
	{ GROUP_OTHER, "Other" },
};

static void
put_row(struct output *out, const struct option_row *row)
{
	char text[OPTION_TEXT_MAX], letter[] = "   ";
	const char *line = row->help;
	size_t n;

	if (row->letter)
		snprintf(letter, sizeof letter, "-%c,", row->letter);
	snprintf(text, sizeof text, "  %s --%s%s%s%s%s", letter, row->name,
	    row->optional ? "[" : "", row->arg ? "=" : "", row->arg ? row->arg : "",
	    row->optional ? "]" : "");
	out_printf(out, "%-*s", HELP_COLUMN - 1, text);
	if (strlen(text) >= HELP_COLUMN - 1)
		out_printf(out, "\n%*s", HELP_COLUMN - 1, "");
	for (;;) {
		n = strcspn(line, "\n");
		out_printf(out, " %.*s\n", (int)n, line);
		if (line[n] == '\0')
			break;
		line += n + 1;
		out_printf(out, "%*s", HELP_COLUMN - 1, "");
	}
}

static void
put_choice(struct output *out, const char *name, const char *summary)
{
	out_printf(out, "  %-14s %s\n", name, summary);
}

void
options_help(struct output *out)
{
	size_t n, i, g;
	const struct option_row *rows = options_rows(&n);

	out_puts(out,
	    "smtpscope " PACKAGE_VERSION " - SMTP sessions and their faults in captured packets\n\n"
	    "Usage: smtpscope [options] [FILE ...] [capture filter]\n"
	    "       smtpscope -r trace.pcap\n"
	    "       smtpscope -i eth0 port 25\n"
	    "       ssh mx1 tcpdump -U -s0 -w - port 25 | smtpscope -r -\n");
	for (g = 0; g < sizeof groups / sizeof groups[0]; g++) {
		out_printf(out, "\n%s\n", groups[g].title);
		for (i = 0; i < n; i++)
			if (rows[i].group == groups[g].group && rows[i].help)
				put_row(out, &rows[i]);
	}
	out_printf(out, "\nFormats (-T), %s by default\n", reporters[0]->name);
	for (i = 0; reporters[i]; i++)
		put_choice(out, reporters[i]->name, reporters[i]->summary);
	out_printf(out, "\nEngines (--engine), %s by default\n", reassemblers[0]->name);
	for (i = 0; reassemblers[i]; i++)
		put_choice(out, reassemblers[i]->name, reassemblers[i]->summary);
	out_puts(out,
	    "\nExit status: 0 analysed; 1 --fail-on matched; 2 usage; 3 an input could not be\n"
	    "opened or is not a capture; 4 stopped early, what was read has been reported.\n"
	    "The manual page smtpscope(1) says more; smtpscope-checks(7) lists the checks.\n");
}

void
options_version(struct output *out)
{
	unsigned xxh = XXH_versionNumber();
	const char *name, *version;
	size_t i;

	out_puts(out, "smtpscope " PACKAGE_VERSION "\nengines:");
	for (i = 0; reassemblers[i]; i++)
		out_printf(out, " %s", reassemblers[i]->name);
	out_puts(out, "\nformats:");
	for (i = 0; reporters[i]; i++)
		out_printf(out, " %s", reporters[i]->name);
	out_printf(out, "\n%s\n", pcap_lib_version());
	for (i = 0; reassemblers[i]; i++)
		if (reassemblers[i]->library)
			out_printf(out, "%s\n", reassemblers[i]->library);
	for (i = 0; (version = capture_library(i, &name)) != NULL; i++)
		out_printf(out, "%s %s\n", name, version);
#ifdef HAVE_TUI
	out_printf(out, "%s\n", tui_library());
#endif
	out_printf(out, "xxhash %u.%u.%u\njansson %s\n", xxh / 10000, xxh / 100 % 100, xxh % 100,
	    JANSSON_VERSION);
	out_puts(out, "License GPL-3.0-or-later; there is no warranty.\n");
}
