/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reassemblers - the engines that --engine can name; the first is the default.
 */
#include <config.h>

#include "stream/reassembler.h"

const struct reassembler_ops *const reassemblers[] = {
	&reassembler_native_ops,
#ifdef HAVE_LIBNIDS
	&reassembler_nids_ops,
#endif
	NULL,
};
