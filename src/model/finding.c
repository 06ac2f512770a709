/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding - the words for severity, confidence, culprit and kind, which are part
 * of the record format (smtpscope-jsonl(5)), and which finding says most.
 */
#include <stddef.h>
#include <string.h>
#include "model/finding.h"

static const char *const severities[] = { "note", "warning", "error" };
static const char *const confidences[] = { "possible", "probable", "certain" };
static const char *const culprits[] = { "client", "server", "path", "either" };
static const char *const kinds[] = { "violation", "security", "interop", "transport", "note" };
static const char *const tiers[] = { "star", "core", "second", "later" };

const char *
severity_name(enum severity s)
{
	return severities[s];
}

const char *
confidence_name(enum confidence c)
{
	return confidences[c];
}

const char *
culprit_name(enum culprit c)
{
	return culprits[c];
}

const char *
check_kind_name(enum check_kind k)
{
	return kinds[k];
}

const char *
check_tier_name(enum check_tier t)
{
	return tiers[t];
}

bool
check_of_capture(const struct check_info *c)
{
	return strncmp(c->id, "capture-", strlen("capture-")) == 0;
}

/* A login offered in clear stops no message; an error of security, such as smuggled commands, is
 * about the mail itself. */
int
check_tells(const struct check_info *c, enum severity severity)
{
	switch (c->kind) {
	case CHECK_REMARK:
		return 0;
	case CHECK_SECURITY:
		return severity == SEV_ERROR ? 2 : 1;
	case CHECK_VIOLATION:
	case CHECK_INTEROP:
	case CHECK_TRANSPORT:
		break;
	}
	return check_of_capture(c) ? 0 : 2;
}

bool
finding_explains(const struct finding *f, const struct finding *best)
{
	int more;

	if (!best || f->severity != best->severity)
		return !best || f->severity > best->severity;
	more = check_tells(f->check, f->severity) - check_tells(best->check, best->severity);
	if (more != 0)
		return more > 0;
	return f->confidence > best->confidence;
}

bool
severity_parse(const char *word, enum severity *out)
{
	size_t i;

	for (i = 0; i < sizeof severities / sizeof severities[0]; i++) {
		if (strcmp(word, severities[i]) == 0) {
			*out = (enum severity)i;
			return true;
		}
	}
	return false;
}
