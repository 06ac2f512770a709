/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board - the dashboard being built: what its files share.
 */
#ifndef SMTPSCOPE_TUI_BOARD_H
#define SMTPSCOPE_TUI_BOARD_H

#include "tui/sheet.h"

struct board {
	struct sheet h;
	const struct build_run *run;
};

/* What became of the messages, and how the sessions ended. */
void board_results(struct board *);
/* Servers and clients with most bad sessions. */
void board_peers(struct board *);
/* Replies by class, how long they took, and TLS: the tables of -z. */
void board_statistics(struct board *);
/* Sessions, and those in trouble, by the time they began. */
void board_timeline(struct board *);
/* What was dropped, cut or missing. */
void board_trust(struct board *);

#endif
