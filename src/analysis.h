/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis - how the options set up the layers from capture to report: the same for the run
 * (pipeline.c), for a session that is analysed once more (reopen.c), and for a report about
 * some sessions only (browse_save.c).
 */
#ifndef SMTPSCOPE_ANALYSIS_H
#define SMTPSCOPE_ANALYSIS_H

#include "capture/capture.h"
#include "options.h"
#include "smtp/dissector.h"
#include "stream/stream.h"

/* What is read; `again': as below. */
struct capture_config analysis_input(const struct options *, bool again);
/* `again': to be read a second time, so nothing is saved or counted off (-w, -c). */
struct capture *analysis_capture(const struct options *, bool again, struct error *);
/* Everything that the options say; the budget, the sink and what else differs is the caller's. */
void analysis_dissector(const struct options *, struct dissector_config *);
void analysis_tracker(const struct options *, struct tracker_config *);
/* A report in this format about what the capture shows; without colours. */
void analysis_report(const struct options *, const struct reporter_ops *format,
    const struct capture *, struct report_config *);
/* Live, the peers choose the keys of our tables: a seed they cannot know.  0, or -1 with the error
 * set. */
int analysis_hash_seed(bool live, uint64_t *seed, struct error *);
/* How many threads are to share the work: as --threads says, 1 to THREADS_MAX. */
enum { THREADS_MAX = 3 };
unsigned analysis_threads(const struct options *);
/* Does the report go to a terminal; with colours? */
bool analysis_to_terminal(const struct options *);
bool analysis_color(const struct options *);
/* One more session in the counters of the run. */
void analysis_count(struct run *, const struct smtp_session *);
/* decoder_packet(), with the issues left out that the user does not want to hear of. */
enum decode_status analysis_decode(
    const struct options *, struct decoder *, const struct packet *, struct segment *);

#endif
