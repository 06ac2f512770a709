/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the configuration files: what a line may say and does, where the
 * files are, what wins, and that an odd file is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "optrc.h"
#include "test_policy_line.h"
#include "tui/keymap.h"

enum { PATH_LEN = 512 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static char folder[] = "/tmp/test_optrc.XXXXXX";

static void
put_file(const char *path, const char *text)
{
	FILE *fp = fopen(path, "we");

	if (!fp || fputs(text, fp) == EOF || fclose(fp) != 0)
		fail_msg("%s cannot be written", path);
}

/* -- lines of a file -------------------------------------------------------------------- */

static void
test_lines(void **state)
{
	static const char text[] = "# comment\n"
	                           "\n"
	                           "  suppress\ttarpit,harvest \r\n"
	                           "grade greylisting error# not a comment of ours\n";
	static const char good[] = "# suppress vrfy-expn\n"
	                           "suppress tarpit,harvest # why\r\n"
	                           "\t grade  greylisting\terror #\n"
	                           "set severity warning\nset color never\nset time-format d\n"
	                           "set max-memory 8M\nset decode-as 1025,1026\nset decode-as 26\n"
	                           "set engine native\nset fail-on error\nset checksum strict\n"
	                           "set timeout 60\n"
	                           "set theme mono\nset columns number,cause\nset sort -duration\n"
	                           "set window 15m\n"
	                           "set mouse on\n"
	                           "alias hurt filter severity = error\n"
	                           "bind ^X hurt # both\nbind list % dashboard\nunbind F5\n"
	                           "color error white on red bold\n"
	                           "grade harvest usual";
	const char *const args[] = { "-rx", "--config=rc", NULL };
	struct options o;
	struct error err;

	(void)state;
	put_file("rc", good);
	if (parse(&o, args, &err) != 0)
		fail_msg("got the error \"%s\", want none", err.text);
	assert_int_equal(grade_of(&o, "tarpit"), GRADE_OFF);
	assert_int_equal(grade_of(&o, "harvest"), GRADE_USUAL);
	assert_int_equal(grade_of(&o, "greylisting"), GRADE_ERROR);
	assert_int_equal(grade_of(&o, "vrfy-expn"), GRADE_USUAL);
	assert_int_equal(o.severity, SEV_WARNING);
	assert_int_equal(o.color, COLOR_NEVER);
	assert_int_equal(o.time, TIME_DELTA);
	assert_int_equal(o.max_memory, 8 << 20);
	assert_int_equal(o.nports, 5 + 3);
	assert_int_equal(o.ports[7], 26);
	assert_true(o.fail_on_set && o.fail_on == SEV_ERROR);
	assert_int_equal(o.checksum, CHECKSUM_STRICT);
	assert_int_equal(o.timeout, 60);
	assert_string_equal(o.screen.theme->name, "mono");
	assert_int_equal(o.screen.nlines, 3);
	assert_string_equal(o.screen.lines[1], "set sort -duration");
	assert_string_equal(o.screen.lines[2], "set window 15m");
	assert_true(o.screen.mouse && !o.screen.ascii);
	assert_string_equal(keymap_lookup(o.screen.keys, VIEW_FRAMES, 'X' - '@').command,
	    "filter severity = error");
	assert_int_equal(keymap_lookup(o.screen.keys, VIEW_LIST, '%').action, ACT_DASHBOARD);
	assert_int_equal(keymap_lookup(o.screen.keys, VIEW_FRAMES, '%').action, ACT_NONE);
	assert_true(o.screen.colors.set[STYLE_ERROR]);
	assert_int_equal(o.screen.colors.look[STYLE_ERROR].bg, 1);
	options_fini(&o);
	put_file("rc", text);
	assert_int_equal(parse(&o, args, &err), -1);
	assert_string_equal(err.text, "rc:4: the form is \"grade ID LEVEL\"");
	options_fini(&o);
}

static void
test_bad_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "frobnicate",
		    "rc:1: \"frobnicate\" is unknown: give suppress, grade, set, bind, unbind, alias "
		    "or color" },
		{ "\n\nSuppress tarpit\n",
		    "rc:3: \"Suppress\" is unknown: give suppress, grade, set, bind, unbind, alias or "
		    "color" },
		{ "suppress", "rc:1: the form is \"suppress ID[,ID...]\"" },
		{ "suppress tarpit harvest", "rc:1: the form is \"suppress ID[,ID...]\"" },
		{ "suppress tarpits", "rc:1: there is no check \"tarpits\"; near it: tarpit" },
		{ "suppress tarpit,", "rc:1: an entry of \"tarpit,\" is empty" },
		{ "suppress #tarpit", "rc:1: the form is \"suppress ID[,ID...]\"" },
		{ "grade tarpit", "rc:1: the form is \"grade ID LEVEL\"" },
		{ "grade tarpit=note", "rc:1: the form is \"grade ID LEVEL\"" },
		{ "grade tarpit fatal",
		    "rc:1: \"fatal\" is unknown: give error, warning, note, off or usual" },
		{ "grade a b c d e", "rc:1: the form is \"grade ID LEVEL\"" },
		{ "set", "rc:1: the form is \"set OPTION VALUE\"" },
		{ "set severity", "rc:1: the form is \"set OPTION VALUE\"" },
		{ "set severity fatal",
		    "rc:1: --severity: \"fatal\" is unknown: give note, warning or error" },
		{ "set max-memory 1", "rc:1: --max-memory: 1 is out of range: 4M to 1024G" },
		{ "set write out.pcap",
		    "rc:1: \"write\" cannot be set here; what can: decode-as, engine, checksum, "
		    "timeout, max-memory, spool, threads, severity, fail-on, color, time-format, theme, "
		    "columns, sort, window, ascii, mouse" },
		{ "set window 2h",
		    "rc:1: --window: \"2h\" is unknown: give all, 1h, 15m, 5m or 1m" },
		{ "set theme pink",
		    "rc:1: --theme: \"pink\" is unknown: give dark, light, mono or contrast" },
		{ "set mouse maybe", "rc:1: --mouse: \"maybe\" is unknown: give off or on" },
		{ "set sort tls",
		    "rc:1: --sort: that is no column to sort by: give number, start, client, server, "
		    "tx, rcpt, octets, duration, end, severity, result, sender, helo" },
		{ "bind", "rc:1: the form is \"bind [VIEW] KEY ACTION\"" },
		{ "bind x", "rc:1: the form is \"bind [VIEW] KEY ACTION\"" },
		{ "bind list x y z", "rc:1: the form is \"bind [VIEW] KEY ACTION\"" },
		{ "bind F13 help",
		    "rc:1: \"F13\" is no key: keys are like x, ^X, F5, M-x, PgUp, Space" },
		{ "bind x fly",
		    "rc:1: \"fly\" is no action and no alias; ? in the program lists the actions" },
		{ "bind garden x help",
		    "rc:1: \"garden\" is no view: give list, frames, ladder, transcript, findings, "
		    "finding, dashboard, help, settings, session or any" },
		{ "bind list x redact", "rc:1: \"redact\" does nothing in the view list" },
		{ "unbind", "rc:1: the form is \"unbind [VIEW] KEY\"" },
		{ "alias help help", "rc:1: \"help\" is the name of an action" },
		{ "alias x", "rc:1: the form is \"alias NAME COMMAND\"" },
		{ "color sky blue",
		    "rc:1: \"sky\" is no style: give plain, title, header, error, warning, note, "
		    "client, server, dim, key, match, escape or good" },
		{ "color error reddish",
		    "rc:1: \"reddish\" is no colour: give black, red, green, yellow, blue, magenta, "
		    "cyan, white, default, a number up to 255, bold, faint, underline or reverse" },
	};
	const char *const args[] = { "-rx", "--config=rc", NULL };
	struct options o;
	struct error err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		put_file("rc", rows[i].text);
		if (parse(&o, args, &err) == 0 || strcmp(err.text, rows[i].want) != 0)
			fail_msg("\"%s\": got \"%s\", want \"%s\"", rows[i].text, err.text,
			    rows[i].want);
		options_fini(&o);
	}
}

/* The lines are gone when the options are used. */
static void
test_settable_rows_keep_no_text(void **state)
{
	size_t n, i, settable = 0;
	const struct option_row *rows = options_rows(&n);

	(void)state;
	for (i = 0; i < n; i++) {
		if (!rows[i].settable)
			continue;
		settable++;
		if (!rows[i].arg || (rows[i].kind != KIND_CALL && rows[i].kind != KIND_NUMBER))
			fail_msg("--%s: got a row that is no value of its own", rows[i].name);
		if (strcmp(rows[i].name, "name") == 0 || strcmp(rows[i].name, "explain") == 0)
			fail_msg("--%s keeps a pointer to its argument", rows[i].name);
	}
	assert_true(settable > 0);
}

/* -- places ----------------------------------------------------------------------------- */

/* Each file of setup() grades tarpit differently, and suppresses a check that tells of it. */
static const struct place_row {
	const char *name;
	const char *place[5];    /* in the order of struct optrc_places; below the folder */
	enum check_grade tarpit; /* the last file's */
	bool system, xdg, home;  /* is read */
} place_rows[] = {
	{ "none", { NULL }, GRADE_USUAL, false, false, false },
	{ "system", { "/sys" }, GRADE_NOTE, true, false, false },
	{ "home", { "/sys", NULL, "/home" }, GRADE_ERROR, true, false, true },
	{ "xdg", { "/sys", "/xdg", "/home" }, GRADE_WARNING, true, true, false },
	{ "variable", { "/sys", "/xdg", NULL, "/sys" }, GRADE_NOTE, true, true, false },
	{ "variable alone", { NULL, NULL, NULL, "/xdg/smtpscope/smtpscoperc" }, GRADE_WARNING,
	    false, true, false },
	{ "named wins over the variable", { NULL, NULL, NULL, "/none", "/sys" }, GRADE_NOTE, true,
	    false, false },
	{ "empty variable", { "/sys", "/xdg", NULL, "" }, GRADE_USUAL, false, false, false },
	{ "empty variable, and named", { "/none", "/xdg", NULL, "", "/sys" }, GRADE_NOTE, true,
	    false, false },
	{ "nothing there", { "/none", "/none" }, GRADE_USUAL, false, false, false },
	{ "a file for a folder", { "/none", "/sys" }, GRADE_USUAL, false, false, false },
};

static void
test_places(void **state)
{
	const struct place_row *row;
	char path[5][PATH_LEN];
	const char *at[5];
	struct error err;
	size_t j;

	(void)state;
	for (row = place_rows; row < place_rows + COUNT(place_rows); row++) {
		struct options o = { 0 };

		for (j = 0; j < COUNT(at); j++) {
			at[j] = row->place[j];
			if (!at[j] || at[j][0] == '\0')
				continue;
			snprintf(path[j], PATH_LEN, "%s%s", folder, at[j]);
			at[j] = path[j];
		}
		if (optrc_read(
		        &o, &(struct optrc_places){ at[0], at[1], at[2], at[3], at[4] }, &err) != 0)
			fail_msg("%s: got the error \"%s\", want none", row->name, err.text);
		if (grade_of(&o, "tarpit") != row->tarpit ||
		    (grade_of(&o, "harvest") == GRADE_OFF) != row->system ||
		    (grade_of(&o, "greylisting") == GRADE_OFF) != row->xdg ||
		    (grade_of(&o, "vrfy-expn") == GRADE_OFF) != row->home)
			fail_msg("%s: got grade %d, want %d, or other files than wanted", row->name,
			    (int)grade_of(&o, "tarpit"), (int)row->tarpit);
		policy_fini(&o.policy);
	}
}

/* What lies in the current folder is somebody else's. */
static void
test_current_folder_is_not_searched(void **state)
{
	static const struct optrc_places relative = { NULL, "xdg", "home", NULL, NULL };
	static const struct optrc_places empty = { NULL, "", "", NULL, NULL };
	static const struct optrc_places variable = { NULL, NULL, NULL, "rc", NULL };
	struct options o = { 0 };
	struct error err;

	(void)state;
	put_file("rc", "suppress tarpit\n");
	assert_int_equal(optrc_read(&o, &relative, &err), 0);
	assert_int_equal(optrc_read(&o, &empty, &err), 0);
	assert_null(o.policy.grades);
	assert_int_equal(optrc_read(&o, &variable, &err), -1);
	assert_string_equal(err.text, "SMTPSCOPERC: \"rc\" is not an absolute path");
	assert_null(o.policy.grades);
}

static void
test_odd_files(void **state)
{
	const struct optrc_places dir = { .system = folder }, named = { .named = folder };
	const struct optrc_places fifo = { .system = "fifo" }, nul = { .named = "nul" };
	const struct optrc_places big = { .named = "big" };
	char *text = malloc(65536 + 2), want[PATH_LEN];
	struct options o = { 0 };
	struct error err;

	(void)state;
	assert_non_null(text);
	snprintf(want, sizeof want, "%s: is no regular file", folder);
	assert_int_equal(optrc_read(&o, &dir, &err), -1);
	assert_string_equal(err.text, want);
	snprintf(want, sizeof want, "%s: Is a directory", folder);
	assert_int_equal(optrc_read(&o, &named, &err), -1);
	assert_string_equal(err.text, want);
	/* Nobody writes to it: opening it would never end. */
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(optrc_read(&o, &fifo, &err), -1);
	assert_string_equal(err.text, "fifo: is no regular file");
	memset(text, '\n', 65536 + 1);
	text[65536] = '\0';
	put_file("big", text);
	assert_int_equal(optrc_read(&o, &big, &err), 0);
	text[65536] = '\n';
	text[65536 + 1] = '\0';
	put_file("big", text);
	assert_int_equal(optrc_read(&o, &big, &err), -1);
	assert_string_equal(err.text, "big: longer than 65536 octets");
	free(text);
	put_file("nul", "#");
	assert_int_equal(truncate("nul", 3), 0);
	assert_int_equal(optrc_read(&o, &nul, &err), -1);
	assert_string_equal(err.text, "nul: is not a text");
}

/* The command line wins; what only tells something reads no file. */
static void
test_order(void **state)
{
	static const char text[] = "suppress tarpit\nset severity error\nset fail-on note\n";
	static const struct {
		const char *name, *args[ARGS_MAX];
		int want; /* of options_parse() */
		enum check_grade tarpit;
		enum severity severity;
		bool fail_on;
	} rows[] = {
		{ "file alone", { "-rx", "--config=rc" }, 0, GRADE_OFF, SEV_ERROR, true },
		{ "line before",
		    { "--grade=tarpit=usual", "--severity=note", "--fail-on=none", "--config=rc",
		        "-rx" },
		    0, GRADE_USUAL, SEV_NOTE, false },
		{ "line behind", { "--config=rc", "--grade=tarpit=note", "-rx" }, 0, GRADE_NOTE,
		    SEV_ERROR, true },
		{ "variable", { "-rx" }, -1, GRADE_USUAL, SEV_NOTE, false },
		{ "--no-config", { "-rx", "--no-config" }, 0, GRADE_USUAL, SEV_NOTE, false },
		{ "--list-checks", { "--list-checks" }, 0, GRADE_USUAL, SEV_NOTE, false },
	};
	struct options o;
	struct error err;
	size_t i;

	(void)state;
	put_file("rc", text);
	setenv("SMTPSCOPERC", "/none/of/these", 1);
	setenv("XDG_CONFIG_HOME", "/none", 1);
	for (i = 0; i < COUNT(rows); i++) {
		if (parse(&o, rows[i].args, &err) != rows[i].want)
			fail_msg("%s: got \"%s\", want %d", rows[i].name, err.text, rows[i].want);
		if (rows[i].want == 0 &&
		    (grade_of(&o, "tarpit") != rows[i].tarpit || o.severity != rows[i].severity ||
		        o.fail_on_set != rows[i].fail_on))
			fail_msg("%s: got grade %d, severity %d, --fail-on %d", rows[i].name,
			    (int)grade_of(&o, "tarpit"), (int)o.severity, o.fail_on_set);
		options_fini(&o);
	}
	setenv("SMTPSCOPERC", "", 1);
}

/* -- files ------------------------------------------------------------------------------ */

static const char *const folders[] = { "xdg", "xdg/smtpscope", "home", "home/.config",
	"home/.config/smtpscope" };
static const char *const names[] = { "sys", "xdg/smtpscope/smtpscoperc",
	"home/.config/smtpscope/smtpscoperc", "rc", "fifo", "big", "nul" };

static int
setup(void **state)
{
	size_t i;

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return -1;
	for (i = 0; i < COUNT(folders); i++)
		if (mkdir(folders[i], 0700) != 0)
			return -1;
	put_file(names[0], "suppress harvest\ngrade tarpit note\n");
	put_file(names[1], "suppress greylisting\ngrade tarpit warning\n");
	put_file(names[2], "suppress vrfy-expn\ngrade tarpit error\n");
	return setenv("SMTPSCOPERC", "", 1);
}

static int
teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++)
		unlink(names[i]);
	for (i = COUNT(folders); i-- > 0;)
		rmdir(folders[i]);
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_settable_rows_keep_no_text),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_current_folder_is_not_searched),
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
