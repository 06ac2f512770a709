/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of what is told about the checks: every row of the table is whole
 * and shown in each of the three forms, a misspelt id finds its neighbour, no
 * text of the table becomes a macro of the manual page, and the finding that says most
 * of the mail explains a session.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/error.h"
#include "base/output.h"
#include "catalogue.h"
#include "smtp/checks.h"

/* NUL-terminated, to be freed by output_close(). */
static const char *
text_of(struct output *out)
{
	return (const char *)output_slice(out).p;
}

static void
test_rows_are_whole(void **state)
{
	const struct check_info *c;
	size_t i, j;

	(void)state;
	assert_true(checks_count() > 0);
	for (i = 0; i < checks_count(); i++) {
		c = checks_nth(i);
		if (!c->title || !c->what || !c->why || !c->proof || !c->fakes || !c->remedy ||
		    !c->refs)
			fail_msg("%s: got a row with a part missing, want all", c->id);
		if (c->phase < 'A' || c->phase > 'N')
			fail_msg("%s: got phase '%c', want 'A' to 'N'", c->id, c->phase);
		if (checks_find(c->id) != c || checks_position(c) != i)
			fail_msg("%s: is not found under its own id and place", c->id);
		if (strspn(c->id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(c->id))
			fail_msg("%s: got other octets in the id, want a-z, 0-9 and -", c->id);
		for (j = 0; j < i; j++)
			if (strcmp(checks_nth(j)->id, c->id) == 0)
				fail_msg("%s: stands twice in the table", c->id);
	}
}

static void
test_explain(void **state)
{
	const struct check_info *c;
	struct output *out;
	struct error err;
	size_t i;

	(void)state;
	for (i = 0; i < checks_count(); i++) {
		c = checks_nth(i);
		out = output_memory();
		if (catalogue_explain(out, c->id, &err) != 0)
			fail_msg("%s: got the error \"%s\", want none", c->id, err.text);
		if (!strstr(text_of(out), c->title) || !strstr(text_of(out), "What to do"))
			fail_msg("%s: got no title or remedy", c->id);
		output_close(out, &err);
	}
}

static void
test_misspelt(void **state)
{
	struct output *out = output_memory();
	char id[64];
	struct error err;
	size_t i;

	(void)state;
	for (i = 0; i < checks_count(); i++) {
		snprintf(id, sizeof id, "x%s", checks_nth(i)->id);
		if (catalogue_explain(out, id, &err) == 0 ||
		    !strstr(strstr(err.text, "near it: ") ?: "", checks_nth(i)->id))
			fail_msg("%s: got \"%s\", want %s in it", id, err.text, checks_nth(i)->id);
	}
	assert_int_equal(catalogue_explain(out, "", &err), -1);
	assert_int_equal(catalogue_explain(out, "nothing like any of them", &err), -1);
	assert_non_null(strstr(err.text, "--list-checks"));
	assert_int_equal(output_slice(out).n, 0);
	output_close(out, &err);
}

static void
test_list(void **state)
{
	struct output *out = output_memory();
	const char *text, *line;
	struct error err;
	size_t i;

	(void)state;
	catalogue_list(out, false);
	text = text_of(out);
	line = strchr(text, '\n');
	for (i = 0; i < checks_count(); i++, line = strchr(line + 1, '\n')) {
		assert_non_null(line);
		if (strncmp(line + 1, checks_nth(i)->id, strlen(checks_nth(i)->id)) != 0)
			fail_msg("got the line \"%.40s\", want %s", line + 1, checks_nth(i)->id);
	}
	assert_string_equal(line, "\n");
	output_close(out, &err);
}

static void
test_list_json(void **state)
{
	static const char *const texts[] = { "id", "title", "phase", "culprit", "kind", "severity",
		"tier" };
	struct output *out = output_memory();
	struct error err;
	const char *line;
	size_t i, j, n;
	json_t *o;

	(void)state;
	catalogue_list(out, true);
	line = text_of(out);
	for (i = 0; i < checks_count(); i++, line += n + 1) {
		n = strcspn(line, "\n");
		o = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
		if (!o)
			fail_msg("got \"%.*s\", want a JSON object", (int)n, line);
		assert_string_equal(json_string_value(json_object_get(o, "id")), checks_nth(i)->id);
		for (j = 0; j < sizeof texts / sizeof texts[0]; j++)
			if (!json_is_string(json_object_get(o, texts[j])))
				fail_msg("%s: got no \"%s\"", checks_nth(i)->id, texts[j]);
		assert_true(json_array_size(json_object_get(o, "refs")) > 0);
		json_decref(o);
	}
	assert_string_equal(line, "");
	output_close(out, &err);
}

/* Lines that begin with a dot are macros of ours; lines that begin with "'" would be others. */
static void
test_manual(void **state)
{
	static const char *const macros[] = { ".\\\" ", ".Dd ", ".Dt ", ".Os", ".Sh ", ".Ss ",
		".Nm ", ".Nd ", ".Xr ", ".Bl ", ".It Sy ", ".El" };
	struct output *out = output_memory();
	const char *line, *end;
	size_t j, sections = 0;
	struct error err;

	(void)state;
	catalogue_man(out);
	for (line = text_of(out); *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		sections += strncmp(line, ".Ss ", 4) == 0;
		if (*line == '\'' || *line == '\n' || end - line > 100)
			fail_msg("got the line \"%.*s\"", (int)(end - line), line);
		for (j = 0; *line == '.' && j < sizeof macros / sizeof macros[0]; j++)
			if (strncmp(line, macros[j], strlen(macros[j])) == 0)
				break;
		if (j == sizeof macros / sizeof macros[0])
			fail_msg("got the macro \"%.*s\"", (int)(end - line), line);
	}
	assert_int_equal(sections, checks_count());
	output_close(out, &err);
}

/* Which of two findings explains a session: the second one, or the first. */
static void
test_explains(void **state)
{
	static const struct {
		const char *first, *second;
		enum severity severity[2];
		enum confidence confidence[2];
		bool second_explains;
	} rows[] = {
		/* The graver one, whatever it is about. */
		{ "client-close-mid-data", "auth-cleartext", { SEV_WARNING, SEV_ERROR },
		    { CONF_CERTAIN, CONF_POSSIBLE }, true },
		/* What became of the mail before what was offered, and what was not captured. */
		{ "auth-offered-in-clear", "client-close-mid-data", { SEV_WARNING, SEV_WARNING },
		    { CONF_CERTAIN, CONF_PROBABLE }, true },
		{ "capture-gap", "client-close-mid-data", { SEV_WARNING, SEV_WARNING },
		    { CONF_CERTAIN, CONF_PROBABLE }, true },
		{ "client-close-mid-data", "capture-gap", { SEV_WARNING, SEV_WARNING },
		    { CONF_PROBABLE, CONF_CERTAIN }, false },
		/* An error of security is about the mail itself. */
		{ "smuggled-commands", "reply-mid-data", { SEV_ERROR, SEV_ERROR },
		    { CONF_CERTAIN, CONF_PROBABLE }, false },
		/* The surer one; of equals the first. */
		{ "reply-missing", "reply-mid-data", { SEV_ERROR, SEV_ERROR },
		    { CONF_PROBABLE, CONF_CERTAIN }, true },
		{ "reply-missing", "reply-mid-data", { SEV_ERROR, SEV_ERROR },
		    { CONF_CERTAIN, CONF_CERTAIN }, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct finding v[2] = { { .check = checks_find(rows[i].first) },
			{ .check = checks_find(rows[i].second) } };
		unsigned k;

		for (k = 0; k < 2; k++) {
			assert_non_null(v[k].check);
			v[k].severity = rows[i].severity[k];
			v[k].confidence = rows[i].confidence[k];
		}
		assert_true(finding_explains(&v[0], NULL));
		if (finding_explains(&v[1], &v[0]) != rows[i].second_explains)
			fail_msg("%s after %s", rows[i].second, rows[i].first);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_whole),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_misspelt),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_json),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_explains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
