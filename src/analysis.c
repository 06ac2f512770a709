/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis - options to configurations, one function for each layer.  Owns nothing: what is
 * set points into the options.
 */
#include "analysis.h"
#include "base/timefmt.h"
#include "export/export.h"

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
		.first_frame = o->first_frame,
		.max_packets = again ? 0 : o->max_packets,
		.write = again || exported ? NULL : o->write,
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
