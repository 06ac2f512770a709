/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tui - the terminal interface over a store of sessions that somebody else fills.
 *
 * One thread: the loop waits for a key or for a frame, whichever comes first, and lets
 * the source work in portions between two keys, so that neither waits for the other.
 */
#ifndef SMTPSCOPE_TUI_TUI_H
#define SMTPSCOPE_TUI_TUI_H

#include "store/store.h"

struct error;
struct incidents;
struct keymap;
struct packet;
struct segment;
struct report_config;
struct statistics;
struct theme_colors;

enum tui_state { TUI_LOADING, TUI_LIVE, TUI_COMPLETE, TUI_FAILED };

typedef void tui_frame_fn(void *arg, const struct packet *, const struct segment *);

/* Where sessions come from: implemented by the program (browse.c). */
struct tui_source {
	/* Reads for about so long (ns), and fills the store. */
	enum tui_state (*work)(void *ctx, int64_t ns, struct error *);
	/* No more frames are wanted; what was read is kept. */
	void (*stop)(void *ctx);
	/* A descriptor to poll for frames, or -1: then work() is called whenever there is time. */
	int (*fd)(void *ctx);
	/* Octets read and in all; total 0: not known. */
	void (*progress)(void *ctx, uint64_t *done, uint64_t *total);
	const struct run *(*run)(void *ctx);
	/* The session of the row as a whole, analysed anew from its frames; borrowed until the
	 * next call.  NULL with the error set. */
	const struct smtp_session *(*session)(
	    void *ctx, const struct session_row *, struct error *);
	/* Hands a frame of the session to `take', as it was captured and as what it was decoded
	 * to (NULL: no segment); both are borrowed for the call.  0, or -1 with the error set: it
	 * was not kept.  NULL: there are no frames. */
	int (*frame)(void *ctx, const struct session_row *, uint64_t frame, tui_frame_fn *take,
	    void *arg, struct error *);
	/* Writes the sessions (number of rows n) as `format' ("pcap", or a name of -T). */
	int (*save)(void *ctx, const struct session_row *const *, size_t n, const char *format,
	    const char *path, struct error *);
	/* Asked now and then by session(), frame() and save(), with the number of sessions done
	 * and in all: false if they are to give up, with an error.  Set by the interface while it
	 * runs; NULL: they go on to their end. */
	bool (*go_on)(void *patience, uint64_t done, uint64_t total);
	void *patience;
	struct store *store;
	struct incidents *incidents;
	struct statistics *statistics; /* of BUILD_STATISTICS (build.h); or NULL */
	const struct report_config *cfg;
	const char *name;   /* "eth0", "trace.pcap", for the title */
	const char *filter; /* -Y, or NULL */
	void *ctx;
};

struct tui_config {
	const char *theme; /* "dark", "light", "mono", "contrast"; NULL: by the terminal */
	bool ascii, mouse;
	struct keymap *keys;               /* NULL: the usual ones; ":bind" changes them */
	const struct theme_colors *colors; /* NULL: those of the theme */
	const char *suppress_file;         /* to add lines to; NULL: none */
	const char *const *settings;       /* lines for ":set", NULL behind the last; or NULL */
};

/* Can a screen be opened here?  0, or -1 with the error set. */
int tui_check(struct error *);

/* The library that knows the terminals: "ncurses 6.4.20221231". */
const char *tui_library(void);

/* Runs until the user leaves.  0, or -1 with the error set. */
int tui_run(struct tui_source *, const struct tui_config *, struct error *);

#endif
