/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture - octets as a saved capture: pcap, pcapng, compressed, or a transcript,
 * whatever their beginning says they are.  The last octet chooses the report.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	fuzz_analyse(octets, n, n ? octets[n - 1] : 0);
	return 0;
}
