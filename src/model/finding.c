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
finding_explains(const struct finding *f, const struct finding *best)
{
	bool remark = f->check->kind == CHECK_REMARK;

	if (!best || f->severity != best->severity)
		return !best || f->severity > best->severity;
	if (remark != (best->check->kind == CHECK_REMARK))
		return !remark;
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
