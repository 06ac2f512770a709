/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_store_rows - sessions out of numbers, for the tests of store, listing and
 * filter: number i always gives the same session.
 */
#ifndef SMTPSCOPE_TEST_STORE_ROWS_H
#define SMTPSCOPE_TEST_STORE_ROWS_H

#include "smtp/smtp.h"

struct fake {
	struct stream stream;
	struct smtp_session s;
	struct smtp_unit hello, greeting;
	struct smtp_reply banner, final;
	struct smtp_line banner_line, final_line;
	struct smtp_transaction tx;
	struct smtp_rcpt rcpt[2];
	struct smtp_body body;
	struct smtp_unit mail;
	struct finding finding[2];
	char helo[64], hello_text[80], sender[64], to[2][64], queue_id[24], message_id[80],
	    reply[80];
};

/* A session without a transaction or a finding, over; stream id and number i + 1. */
void fake_plain(struct fake *, uint64_t i);
/* The same with one of many senders, recipients, results and findings. */
void fake_session(struct fake *, uint64_t i);

#endif
