/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis - options to configurations, one function for each layer.  Owns nothing: what is
 * set points into the options.
 */
#include <config.h>

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis.h"
#include "base/error.h"
#include "base/timefmt.h"
#include "export/export.h"
#include "optinput.h"
#include "report/reporter.h"
#include "smtp/checks.h"
#include "stream/reassembler.h"

_Static_assert(RESULT_UNKNOWN + 1 == RUN_RESULTS, "run.results has a place for every result");
_Static_assert(CLOSURE_CAPTURE_END + 1 == RUN_CLOSURES, "run.closures has one for every closure");

/* Files give the same report every time; what a stranger put into one is hashed all the same. */
#define FILE_HASH_SEED UINT64_C(0x736d747073636f70)

struct capture_config
analysis_input(const struct options *o, bool again)
{
	bool exported = o->write && export_is_name(o->write);

	return (struct capture_config){
		.files = (const char *const *)o->files.v,
		.nfiles = o->files.n,
		.interfaces = (const char *const *)o->interfaces.v,
		.ninterfaces = o->interfaces.n,
		.filter = o->filter,
		.snaplen = (uint32_t)o->snaplen,
		.buffer_kib = (uint32_t)(o->buffer / 1024),
		.no_promisc = o->no_promisc,
		.linktype = o->linktype,
		.timestamp = o->capture.timestamp,
		.direction = o->capture.direction,
		.user = o->capture.user,
		.first_frame = o->first_frame,
		.max_packets = again ? 0 : o->max_packets,
		.write = again || exported ? NULL : o->write,
		.rotation = o->capture.rotation,
		.spare = exported ? o->write : NULL,
	};
}

struct capture *
analysis_capture(const struct options *o, bool again, struct error *err)
{
	struct capture_config cfg = analysis_input(o, again);

	return capture_open(&cfg, err);
}

void
analysis_dissector(const struct options *o, struct dissector_config *cfg)
{
	*cfg = (struct dissector_config){
		.ports = o->ports,
		.all_ports = true,
		.keep_text = o->show_text,
		.grades = o->policy.grades,
		.suppressions = &o->policy.suppressions,
	};
}

void
analysis_tracker(const struct options *o, struct tracker_config *cfg)
{
	*cfg = (struct tracker_config){
		.engine = o->engine,
		.idle_ns = (int64_t)o->timeout * NS_PER_S,
		.strict_checksum = o->checksum == CHECKSUM_STRICT,
		.ports = o->ports,
	};
}

enum decode_status
analysis_decode(
    const struct options *o, struct decoder *decoder, const struct packet *pkt, struct segment *seg)
{
	enum decode_status status = decoder_packet(decoder, pkt, seg);

	if (status == DECODE_SEGMENT && o->checksum == CHECKSUM_IGNORE)
		seg->issues &= (uint16_t) ~(ISSUE_IP_CHECKSUM | ISSUE_TCP_CHECKSUM);
	return status;
}

static unsigned
redacted_parts(const struct options *o, const struct reporter_ops *format)
{
	return o->redact_set ? o->redact : format->redact;
}

void
analysis_report(const struct options *o, const struct reporter_ops *format,
    const struct capture *capture, struct report_config *cfg)
{
	unsigned redact = redacted_parts(o, format);

	*cfg = (struct report_config){
		.severity = o->severity,
		.quiet = o->quiet,
		.verbose = (unsigned)o->verbose,
		.statistics = o->statistics,
		.show_text = o->show_text && !(redact & REDACT_BODY),
		.redact = redact,
		.time = o->time,
		.names = o->names,
		.nnames = o->nnames,
		.engine = o->engine->name,
		.grades = o->policy.grades,
		.capture = capture,
		.live = capture_is_live(capture),
		.digits = capture_time_digits(capture),
	};
}

static void
count_findings(struct run *run, const struct smtp_session *s)
{
	const struct finding *f;
	size_t i;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (f->parent)
			continue;
		run->by_severity[f->severity]++;
		i = checks_position(f->check);
		if (i < RUN_CHECKS_MAX)
			run->findings[i][f->severity]++;
	}
}

void
analysis_count(struct run *run, const struct smtp_session *s)
{
	const struct smtp_transaction *tx;

	run->sessions++;
	run->closures[s->closure]++;
	run->limited_sessions += s->limited;
	run->midstream_sessions += s->stream->midstream;
	run->one_sided_sessions += s->one_sided;
	run->suppressed += s->suppressed;
	run->regraded += s->regraded;
	STAILQ_FOREACH (tx, &s->transactions, link) {
		run->transactions++;
		run->results[tx->result]++;
	}
	count_findings(run, s);
}

static bool
has_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

/* Somebody may be waiting for what comes out of a pipe, as for a live capture: a session is
 * judged when it ends.  Files are read as fast as the machine can. */
unsigned
analysis_threads(const struct options *o)
{
	const struct word_list *files = &o->files;
	struct stat st;
	size_t i;

	for (i = 0; i < files->n; i++)
		if (stat(files->v[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 1;
	if (o->threads)
		return (unsigned)o->threads;
	return has_processors() ? THREADS_MAX : 1;
}

bool
analysis_to_terminal(const struct options *o)
{
	return strcmp(o->output, "-") == 0 && isatty(STDOUT_FILENO);
}

bool
analysis_color(const struct options *o)
{
	struct color_env env = {
		.no_color = getenv("NO_COLOR"),
		.force_color = getenv("FORCE_COLOR"),
		.clicolor_force = getenv("CLICOLOR_FORCE"),
		.term = getenv("TERM"),
		.tty = analysis_to_terminal(o),
	};

	return options_color(o->color, &env);
}

int
analysis_hash_seed(bool live, uint64_t *seed, struct error *err)
{
	*seed = FILE_HASH_SEED;
	if (live && getrandom(seed, sizeof *seed, 0) != (ssize_t)sizeof *seed) {
		error_set(err, "no random number from the system: %s", strerror(errno));
		return -1;
	}
	return 0;
}
