/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options - the command line: one table of options drives parsing, the text of
 * --help and the tests, and fills one struct that nothing changes afterwards.
 */
#ifndef SMTPSCOPE_OPTIONS_H
#define SMTPSCOPE_OPTIONS_H

#include "model/run.h"
#include "optcapture.h"
#include "optscreen.h"
#include "policy.h"

struct error;
struct filter;
struct reassembler_ops;
struct reporter_ops;

enum exit_status {
	STATUS_ANALYSED = 0,
	STATUS_FOUND = 1, /* --fail-on matched */
	STATUS_USAGE = 2,
	STATUS_INPUT = 3, /* an input could not be opened or is not a capture */
	STATUS_EARLY = 4  /* stopped early; what was read has been reported */
};

enum options_action {
	ACTION_RUN,
	ACTION_HELP,
	ACTION_VERSION,
	ACTION_LIST_INTERFACES,
	ACTION_LIST_LINKTYPES,
	ACTION_LIST_TIMESTAMPS,
	ACTION_LIST_CHECKS,
	ACTION_EXPLAIN,
	ACTION_MAN_CHECKS,
	ACTION_LIST_STATISTICS,
	ACTION_FILTER_HELP
};

enum checksum_mode { CHECKSUM_REPORT, CHECKSUM_STRICT, CHECKSUM_IGNORE };
enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct word_list {
	char **v; /* owned, and so is each word */
	size_t n;
};

/* A report has said what it has to say of a session when that ends; a list keeps them all. */
#define REPORT_MEMORY (UINT64_C(256) << 20) /* --max-memory, if it is not given */
#define SCREEN_MEMORY (UINT64_C(512) << 20)

struct options {
	enum options_action action;
	const char *explain;         /* --explain ID */
	struct word_list files;      /* -r, and leading words that name files */
	struct word_list interfaces; /* -i */
	char *filter;                /* owned: the capture filter in force, or NULL */
	const char *filter_word;     /* first word of a filter that came as words, or NULL */
	struct filter *show;         /* owned: -Y, the sessions to report; NULL: all */
	const char *display_filter;  /* the same as it was given; borrowed from argv */
	uint64_t snaplen, buffer, first_frame, max_packets; /* 0: not given; buffer in octets */
	bool no_promisc;
	const char *linktype;
	const char *write; /* -w */
	uint16_t *ports;   /* owned, 0-terminated: SMTP without further evidence */
	size_t nports;
	const struct reassembler_ops *engine;
	const struct reporter_ops *format;
	const char *output; /* "-": standard output */
	bool quiet, show_text, line_buffered;
	uint32_t statistics; /* -z, bits of report/statistics.h; 0: the report is on sessions */
	bool redact_set;
	unsigned redact; /* enum redact_part */
	uint64_t verbose;
	enum severity severity;
	bool fail_on_set;
	enum severity fail_on;
	enum color_mode color;
	enum time_style time;
	struct address_name *names; /* owned; the texts are borrowed from argv */
	size_t nnames;
	uint64_t max_memory; /* octets */
	bool max_memory_set; /* else the terminal interface takes SCREEN_MEMORY */
	uint64_t spool;      /* octets of frames kept to be read again; 0: none */
	uint64_t timeout;    /* s; 0: the tracker's default */
	uint64_t threads;    /* 1 to 3; 0: as suits the machine */
	enum checksum_mode checksum;
	struct policy policy;
	const char *suppress_file; /* the last one; NULL: none */
	struct optcapture capture;
	struct optscreen screen;
	const char *config; /* --config */
	bool no_config;

	/* As given, before options_inputs() has made sense of them together. */
	struct word_list words; /* words that belong to no option */
	size_t nleading;        /* of them before "--" */
	struct word_list lists; /* -V: files with names of files */
	const char *filter_arg, *filter_file;
};

enum option_group {
	GROUP_INPUT,
	GROUP_CAPTURE,
	GROUP_ANALYSIS,
	GROUP_OUTPUT,
	GROUP_SCREEN,
	GROUP_OTHER
};

enum option_kind {
	KIND_NOTHING, /* accepted for the fingers' sake */
	KIND_FLAG,    /* bool */
	KIND_COUNT,   /* uint64_t, one more each time */
	KIND_NUMBER,  /* uint64_t within min..max */
	KIND_TEXT,    /* const char * */
	KIND_ACTION,  /* enum options_action in `min' */
	KIND_CALL
};

struct option_row {
	char letter;      /* 0: long name only */
	const char *name; /* without the dashes */
	const char *arg;  /* what --help calls the argument; NULL: it takes none */
	enum option_group group;
	const char *help; /* lines, the first 50 columns wide at most; NULL: hidden */
	enum option_kind kind;
	bool settable; /* in smtpscoperc(5); its value is read at once, and no pointer to it kept */
	size_t field;  /* offset in struct options */
	uint64_t min, max;
	int (*set)(struct options *, const char *arg, struct error *);
	bool report;   /* it asks for a report: the terminal interface does not heed it */
	bool optional; /* the argument may be left out: set() gets NULL then */
};

/*
 * Parses argv and, for a run, reads the configuration files before it and settles
 * the inputs.  0, or -1 with the error set.  options_fini() is due in both cases;
 * argv must outlive the options.
 */
int options_parse(struct options *, int argc, char **argv, struct error *);
void options_fini(struct options *);
/* What the option of this row does; arg is NULL only if the row lets it be left out. */
int options_set(struct options *, const struct option_row *, const char *arg, struct error *);
/* "ID[,ID...]" */
int options_suppress(struct options *, const char *list, struct error *);
/* Adds a copy of the first n octets. */
void word_list_add(struct word_list *, const char *, size_t n);
/* One more port that is SMTP; keeps the 0 behind the last. */
void options_port_add(struct options *, uint16_t port);
/* The table, for --help and tests. */
const struct option_row *options_rows(size_t *n);

#endif
