/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reporters - the table of output formats: -T takes its names from here, and so
 * do --help and the completeness of the tests.
 */
#include "report/reporter.h"

const struct reporter_ops *const reporters[] = {
	&reporter_text,
	&reporter_transcript,
	&reporter_jsonl,
	&reporter_markdown,
	&reporter_html,
	&reporter_document,
	&reporter_sarif,
	&reporter_csv,
	&reporter_ladder,
	&reporter_mermaid,
	&reporter_svg,
	NULL,
};

const struct reporter_ops *
reporter_find(const char *name)
{
	size_t i;

	for (i = 0; reporters[i]; i++)
		if (strcmp(reporters[i]->name, name) == 0)
			return reporters[i];
	return NULL;
}
