/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapfile - the records of a plain pcap file, without a copy for each.
 * Private to src/capture.
 */
#ifndef SMTPSCOPE_CAPTURE_PCAPFILE_H
#define SMTPSCOPE_CAPTURE_PCAPFILE_H

#include "capture/savefile.h"

struct pcap;
struct pcapfile;

/*
 * The reader of the records, if this file is of the plain kind and libpcap has read its
 * header and not an octet more; else NULL, and libpcap has to read on.  The stream is
 * borrowed.  `bufsize': octets to read ahead.
 */
struct pcapfile *pcapfile_new(struct pcap *, FILE *, struct stream *, bool nano, size_t bufsize);
/* As savefile_next().  The octets are valid until the next call. */
enum savefile_status pcapfile_next(struct pcapfile *, struct packet *, struct savefile_fault *);
/* The next record is the one at this offset of the file.  0, or -1 with errno. */
int pcapfile_seek(struct pcapfile *, uint64_t offset);
void pcapfile_free(struct pcapfile *); /* accepts NULL */

#endif
