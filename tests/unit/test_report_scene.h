/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_report_scene - sessions made by hand for the tests of the reporters, as
 * the dissector would hand them over.
 */
#ifndef SMTPSCOPE_TEST_REPORT_SCENE_H
#define SMTPSCOPE_TEST_REPORT_SCENE_H

#include "base/output.h"
#include "model/run.h"
#include "report/reporter.h"
#include "smtp/smtp.h"

enum { SCENE_SEGS = 256, SCENE_PARTS = 64 };

struct scene {
	struct stream stream;
	struct ledger_seg seg[SCENE_SEGS];
	struct smtp_session s;
	struct smtp_unit unit[SCENE_PARTS];
	struct smtp_reply reply[SCENE_PARTS];
	struct smtp_line line[SCENE_PARTS];
	struct smtp_body body[4];
	struct smtp_transaction tx[2];
	struct smtp_rcpt rcpt[2];
	struct finding finding[SCENE_PARTS];
	unsigned nunit, nreply, nbody, nfinding;
	uint64_t next_frame;
	int64_t next_off[2], ack[2]; /* by direction: next octet; what it has received */
};

extern const struct report_config scene_config; /* relative times, 6 digits */
extern const struct check_info scene_check, scene_other_check;

void scene_init(struct scene *, uint64_t first_frame);
/* One segment; what the other side has received follows every later one of it. */
struct ledger_seg *scene_segment(struct scene *, enum stream_dir, uint32_t len, unsigned flags);
/* A segment with one command or reply; CRLF is added. */
struct smtp_unit *scene_command(struct scene *, const char *text);
struct smtp_reply *scene_reply(struct scene *, const char *text, struct smtp_unit *answers);
/* Message text: `n' segments of `len' octets, each acknowledged. */
struct smtp_body *scene_text(struct scene *, unsigned n, uint32_t len);
struct finding *scene_finding(
    struct scene *, const struct check_info *, uint64_t frame, const char *detail);
/* The failing dialogue of an old report: 552 and 421 in the middle of DATA, then FIN. */
void scene_mid_data(struct scene *);

/* The whole report of one session (and of the run, if not NULL).  The caller frees it. */
char *scene_report(const struct reporter_ops *, const struct report_config *,
    const struct smtp_session *, const struct run *);

#endif
