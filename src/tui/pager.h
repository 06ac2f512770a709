/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager - a document on the screen: cursor, scrolling, search, jumps from finding to
 * finding.
 */
#ifndef SMTPSCOPE_TUI_PAGER_H
#define SMTPSCOPE_TUI_PAGER_H

#include "store/row.h"
#include "tui/action.h"
#include "tui/doc.h"

struct app;
struct build_options;
struct smtp_session;

enum { PANE_FROM = 110 /* columns of a screen that has room for a pane */ };

struct pager {
	enum view_id id;
	struct doc *title, *body; /* owned */
	size_t top, cursor;       /* lines of the body */
	unsigned table;           /* of the dashboard: which of two side by side is meant */
	int left;                 /* columns that the text is moved by */
	int page, first_row;      /* lines on the screen when it was drawn, and where */
	struct session_row row;   /* of a session's view: a copy */
	unsigned serial;          /* of the session that the documents borrow from */
	int width;                /* that they were built for; 0: not yet */
	bool ascii;
	/* Of the finding view: which of the session's findings.  Found again by these, since
	 * the session may be read again. */
	const struct check_info *check;
	uint64_t check_frame;
	uint64_t frame;  /* of the view of octets */
	enum view_id of; /* of the help view: which view it explains */
	/* Of the ladder, where there is room: the frame that the cursor is on. */
	struct doc *pane_title, *pane; /* owned */
	uint64_t pane_frame;           /* it was built for; UINT64_MAX: for none */
	int pane_width;                /* columns, the stroke beside it included; 0: no pane */
	bool selecting;                /* lines, from `mark' to the cursor */
	size_t mark;
	uint64_t chosen[2]; /* frames of the ladder to measure between; 0: none */
};

enum { PLACE_LINK_MAX = 256 };

/* Where the cursor of a text is, to be found again when the text has been built anew. */
struct pager_place {
	uint64_t frame;                 /* that the line is about; 0: none */
	const struct check_info *check; /* of its finding, or NULL */
	uint64_t check_frame;
	size_t line, top;
	char link[PLACE_LINK_MAX]; /* what Enter opens there; "": nothing */
};

struct pager *pager_new(enum view_id);
void pager_free(struct pager *); /* accepts NULL */
/* Opens a view of the session in place of, or on, what is shown; `f' as in the view "finding" or
 * where to put the cursor, or NULL; frame: likewise, or 0. */
void pager_open(struct app *, enum view_id, const struct session_row *, const struct finding *f,
    uint64_t frame);
/* The views that belong to no session. */
void pager_open_help(struct app *);
void pager_open_settings(struct app *);
void pager_open_dashboard(struct app *);
/* The finding of this check at this frame; NULL: there is none. */
const struct finding *pager_find(
    const struct smtp_session *, const struct check_info *, uint64_t frame);
/* The finding that the view is about, in the session as it is now; NULL: it is gone. */
const struct finding *pager_finding(const struct pager *, const struct smtp_session *);
/* The finding under the cursor, likewise: the one that the text was made of may be gone with its
 * session.  NULL: none. */
const struct finding *pager_finding_here(struct app *, const struct pager *);
/* Builds what is stale or of another width; false: the session cannot be had. */
bool pager_update(struct app *, struct pager *);
struct pager_place pager_place(const struct pager *);
/* To the same line if it is still about the same, else to the first one that is. */
void pager_go_place(struct pager *, const struct pager_place *);
/* Selects no lines any more. */
void pager_unselect(struct app *, struct pager *);
/* Builds it anew, come what may. */
void pager_rebuild(struct app *, struct pager *);
/* pager_cells.c: the part of the cursor's line that Enter opens. */
struct doc_cell pager_cell(const struct pager *);
/* To the line nearest to the cursor that leads there; false: none does. */
bool pager_go_link(struct pager *, const char *command);
/* To the first line of the next table, or of the one before. */
void pager_table(struct app *, struct pager *, bool down);
/* pager_pane.c: columns that the pane of the view takes; 0: it has none. */
int pane_columns(const struct app *, enum view_id);
/* Builds the pane anew if the cursor is on another frame, or it is stale. */
void pane_update(struct app *, struct pager *, bool stale);
void pane_draw(const struct pager *, struct canvas *, int row, int rows);
/* Makes the ladder wider by so many columns, and the pane narrower. */
void pane_widen(struct app *, int columns);
/* pager_octets.c: the octets of the frame under the cursor; those of the next frame in the same
 * view. */
void octets_open(struct app *);
void octets_beside(struct app *, bool next);
void octets_build(
    struct app *, struct pager *, const struct smtp_session *, const struct build_options *);
/* pager_span.c: chooses the frame under the cursor; of two it tells what lies between them, a
 * third one begins anew. */
void pager_choose(struct app *, struct pager *);
/* Marks the line if its frame is chosen; false: it is not. */
bool pager_chosen(const struct pager *, struct canvas *, int row, size_t line);
/* The same into the pane; nothing if there are not two. */
void pager_put_span(struct pager *, const struct smtp_session *, struct doc *);
void pager_draw(struct app *, struct pager *, struct canvas *, int row, int rows);
/* False: the action is none of a pager's. */
bool pager_act(struct app *, enum action);
void pager_search(struct app *, struct pager *, bool backwards);
/* Puts the cursor on a line, or near it. */
void pager_go_line(struct pager *, size_t line);
/* Puts the cursor on the line of a frame, or of the next one; false: there is none. */
bool pager_go_frame(struct pager *, uint64_t frame);

#endif
