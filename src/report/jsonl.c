/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonl - one JSON object a line: the reporter, the common part of its records
 * and the findings.
 *
 * The records of a session come together when it ends: exchange (with -v),
 * smtp, anomaly, flow; stats is the last line of a run.  Output is a function of
 * the input and the options alone.
 *
 * With hosts hidden, whatever the addresses could be guessed from is left out or
 * replaced: community_id, flow_id (the number of the session then), the input's name.
 *
 * flow_id is a keyed hash with a fixed seed over both endpoints and the time of
 * the first frame, cut to 53 bits so that every JSON reader keeps it exact.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/jsonl.h"
#include "report/redact.h"
#include "report/reporter.h"

#define FLOW_ID_SEED UINT64_C(0x736d747073636f70)

struct slice *
jsonl_slices(struct jsonl *w, size_t n)
{
	if (n > w->capslices) {
		w->slices = xreallocarray(w->slices, n, sizeof *w->slices);
		w->capslices = n;
	}
	return w->slices;
}

/* redact_text() or redact_address() */
typedef void redact_fn(struct redactor *, struct output *, struct slice);

static void
put_wire(struct jsonl *w, const char *key, struct slice s, redact_fn *redact)
{
	struct output *o;
	struct error err;

	if (!w->redactor) {
		json_wire(&w->j, key, s);
		return;
	}
	o = output_memory();
	redact(w->redactor, o, s);
	json_wire(&w->j, key, output_slice(o));
	output_close(o, &err);
}

void
jsonl_wire(struct jsonl *w, const char *key, struct slice s)
{
	put_wire(w, key, s, redact_text);
}

void
jsonl_address(struct jsonl *w, const char *key, struct slice s)
{
	put_wire(w, key, s, redact_address);
}

static void
put_wires(struct jsonl *w, const char *key, const struct slice *v, size_t n, redact_fn *redact)
{
	struct output *o;
	struct slice *part;
	struct error err;
	size_t i, *end;

	if (!w->redactor) {
		json_wires(&w->j, key, v, n);
		return;
	}
	o = output_memory();
	end = xcalloc(n + 1, sizeof *end);
	part = xcalloc(n + 1, sizeof *part);
	for (i = 0; i < n; i++) {
		redact(w->redactor, o, v[i]);
		end[i] = output_slice(o).n;
	}
	for (i = 0; i < n; i++)
		part[i] = slice_of(
		    output_slice(o).p + (i ? end[i - 1] : 0), end[i] - (i ? end[i - 1] : 0));
	json_wires(&w->j, key, part, n);
	free(part);
	free(end);
	output_close(o, &err);
}

void
jsonl_wires(struct jsonl *w, const char *key, const struct slice *v, size_t n)
{
	put_wires(w, key, v, n, redact_text);
}

void
jsonl_addresses(struct jsonl *w, const char *key, const struct slice *v, size_t n)
{
	put_wires(w, key, v, n, redact_address);
}

void
jsonl_time(struct jsonl *w, const char *key, int64_t ts)
{
	char text[TIME_TEXT_MAX];

	time_rfc3339(text, ts, w->cfg->digits);
	json_text(&w->j, key, text);
}

void
jsonl_enhanced(struct jsonl *w, const char *key, const struct smtp_reply *r)
{
	char text[24], *p = text + sizeof text;
	unsigned i, v;

	if (!r->enhanced[0])
		return;
	*--p = '\0';
	for (i = 3; i-- > 0;) { /* from the end; at most five digits each */
		v = r->enhanced[i];
		do
			*--p = (char)('0' + v % 10);
		while ((v /= 10) != 0);
		if (i)
			*--p = '.';
	}
	json_text(&w->j, key, p);
}

static size_t
endpoint_octets(uint8_t out[19], const struct endpoint *e)
{
	out[0] = e->addr.family;
	memcpy(out + 1, e->addr.b, sizeof e->addr.b);
	out[17] = (uint8_t)(e->port >> 8);
	out[18] = (uint8_t)e->port;
	return 19;
}

/* The same whichever side is taken for the client. */
static uint64_t
flow_id(const struct stream *st)
{
	uint8_t a[19], b[19], in[2 * 19 + 8];
	uint64_t ts = (uint64_t)st->first_ts;
	size_t n = endpoint_octets(a, &st->half[0].ep), i;
	bool swap;

	endpoint_octets(b, &st->half[1].ep);
	swap = memcmp(a, b, n) > 0;
	memcpy(in, swap ? b : a, n);
	memcpy(in + n, swap ? a : b, n);
	for (i = 0; i < 8; i++)
		in[2 * n + i] = (uint8_t)(ts >> (56 - 8 * i));
	return XXH3_64bits_withSeed(in, sizeof in, FLOW_ID_SEED) >> 11;
}

/* What is the same in every record of a session. */
static void
put_common(struct jsonl *w)
{
	const struct smtp_session *s = w->s;
	struct json *j = &w->j;

	json_uint(j, "flow_id", w->flow_id);
	if (w->community[0])
		json_text(j, "community_id", w->community);
	json_text(j, "src_ip", w->address[DIR_CLIENT]);
	json_uint(j, "src_port", smtp_half(s, DIR_CLIENT)->ep.port);
	json_text(j, "dest_ip", w->address[DIR_SERVER]);
	json_uint(j, "dest_port", smtp_half(s, DIR_SERVER)->ep.port);
	json_text(j, "proto", "TCP");
	json_text(j, "app_proto", smtp_app_name(s->app));
	if (w->source)
		json_wire(j, w->cfg->live ? "in_iface" : "pcap_filename", slice_str(w->source));
}

void
jsonl_record(struct jsonl *w, const char *event_type, uint64_t frame, int64_t ts)
{
	struct json *j = &w->j;
	struct slice common;
	uint64_t mark;

	json_open(j, NULL, '{');
	json_text(j, "schema", "smtpscope/1");
	jsonl_time(w, "timestamp", ts);
	json_text(j, "event_type", event_type);
	if (w->ncommon) {
		json_members(j, slice_of(w->common, w->ncommon));
	} else {
		mark = json_mark(j);
		put_common(w);
		common = json_since(j, mark);
		if (common.n <= sizeof w->common) {
			memcpy(w->common, common.p, common.n);
			w->ncommon = common.n;
		}
	}
	if (frame)
		json_uint(j, "pcap_cnt", frame);
}

void
jsonl_record_end(struct jsonl *w)
{
	json_close(&w->j, '}');
	json_line_end(&w->j);
}

/* "RFC 5321 4.1.1.4; RFC 2920 3.1" as an array. */
static void
put_refs(struct jsonl *w, const char *refs)
{
	struct slice *v;
	const char *p;
	size_t n = 1, i;

	if (!refs || !*refs)
		return;
	for (p = refs; (p = strstr(p, "; ")) != NULL; p += 2)
		n++;
	v = jsonl_slices(w, n);
	for (i = 0, p = refs; i < n; i++) {
		const char *end = strstr(p, "; ");

		v[i] = end ? slice_of(p, (size_t)(end - p)) : slice_str(p);
		p = end ? end + 2 : p;
	}
	json_wires(&w->j, "refs", v, n);
}

static void
put_detail(struct jsonl *w, const struct finding *f)
{
	struct output *o;
	struct error err;

	if (!w->redactor) {
		json_wire(&w->j, "detail", slice_str(f->detail ? f->detail : ""));
		return;
	}
	o = output_memory();
	redact_detail(w->cfg->redact, o, w->s, f);
	jsonl_wire(w, "detail", output_slice(o));
	output_close(o, &err);
}

static void
put_finding(struct jsonl *w, const struct finding *f)
{
	const struct check_info *c = f->check;
	const char *remedy = f->remedy ? f->remedy : c->remedy;
	struct json *j = &w->j;
	unsigned i;

	json_open(j, "finding", '{');
	json_text(j, "id", c->id);
	json_text(j, "title", c->title);
	json_text(j, "severity", severity_name(f->severity));
	json_text(j, "confidence", confidence_name(f->confidence));
	json_text(j, "culprit", culprit_name(f->culprit));
	json_text(j, "kind", check_kind_name(c->kind));
	json_uint(j, "frame", f->frame);
	json_open(j, "frames", '[');
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++)
		json_uint(j, NULL, f->frames[i]);
	json_close(j, ']');
	put_detail(w, f);
	if (f->table)
		jsonl_wire(w, "table", slice_str(f->table));
	put_refs(w, c->refs);
	if (remedy)
		jsonl_wire(w, "remedy", slice_str(remedy));
	json_uint(j, "count", f->count ? f->count : 1);
	if (f->parent)
		json_text(j, "consequence_of", f->parent->check->id);
	json_close(j, '}');
}

void
jsonl_findings(struct jsonl *w)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &w->s->findings, link) {
		bool tcp = f->check->kind == CHECK_TRANSPORT;

		if (!common_shown(w->cfg, f))
			continue;
		jsonl_record(w, "anomaly", f->frame, f->ts);
		json_open(&w->j, "anomaly", '{');
		json_text(&w->j, "type", tcp ? "stream" : "applayer");
		json_text(&w->j, "event", f->check->id);
		if (!tcp)
			json_text(&w->j, "layer", "proto_parser");
		json_close(&w->j, '}');
		put_finding(w, f);
		jsonl_record_end(w);
	}
}

static void
jsonl_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct jsonl *w = state;

	w->cfg = cfg;
	w->redactor = cfg->redact ? redactor_new(cfg->redact) : NULL;
	json_init(&w->j, o);
}

/* Who they are, and where that was read: what all records of a session say. */
static void
name_session(struct jsonl *w)
{
	const struct smtp_session *s = w->s;
	const struct stream_half *half[2] = { smtp_half(s, DIR_CLIENT), smtp_half(s, DIR_SERVER) };

	if (w->redactor)
		redact_learn(w->redactor, s);
	if (w->cfg->redact & REDACT_HOSTS) {
		redact_ip(w->redactor, w->address[DIR_CLIENT], &half[DIR_CLIENT]->ep.addr);
		redact_ip(w->redactor, w->address[DIR_SERVER], &half[DIR_SERVER]->ep.addr);
		w->community[0] = '\0';
		w->flow_id = s->number;
		w->source = NULL;
		return;
	}
	ipaddr_text(w->address[DIR_CLIENT], &half[DIR_CLIENT]->ep.addr);
	ipaddr_text(w->address[DIR_SERVER], &half[DIR_SERVER]->ep.addr);
	community_id(w->community, &half[DIR_CLIENT]->ep, &half[DIR_SERVER]->ep);
	w->flow_id = flow_id(s->stream);
	w->source =
	    w->cfg->capture ? capture_source_name(w->cfg->capture, s->stream->first_source) : NULL;
}

static void
jsonl_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct jsonl *w = state;

	json_init(&w->j, o);
	w->s = s;
	w->ncommon = 0;
	name_session(w);
	if (w->cfg->verbose && !w->cfg->quiet)
		jsonl_exchanges(w);
	jsonl_transactions(w);
	jsonl_findings(w);
	jsonl_flow(w);
}

static void
jsonl_end(void *state, struct output *o, const struct run *run)
{
	struct jsonl *w = state;

	json_init(&w->j, o);
	jsonl_stats(w, run);
}

static void
jsonl_fini(void *state)
{
	struct jsonl *w = state;

	free(w->slices);
	redactor_free(w->redactor);
}

const struct reporter_ops reporter_jsonl = {
	.name = "jsonl",
	.summary = "one JSON object a line, see smtpscope-jsonl(5)",
	.size = sizeof(struct jsonl),
	.begin = jsonl_begin,
	.session = jsonl_session,
	.end = jsonl_end,
	.fini = jsonl_fini,
};
