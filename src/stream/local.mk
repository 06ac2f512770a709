# SPDX-License-Identifier: GPL-3.0-or-later
#
# stream: connections, their ledgers, and the engines that put octets in order.
libsmtpscope_a_SOURCES += \
	src/stream/causal.c \
	src/stream/closing.c \
	src/stream/coverage.c src/stream/coverage.h \
	src/stream/flow.c src/stream/flow.h \
	src/stream/flow_table.c src/stream/flow_table.h \
	src/stream/holes.c \
	src/stream/ledger.c src/stream/ledger.h \
	src/stream/observe.c \
	src/stream/reassembler.h \
	src/stream/reassemblers.c \
	src/stream/recent.c src/stream/recent.h \
	src/stream/repeat.c src/stream/repeat.h \
	src/stream/seglist.c src/stream/seglist.h \
	src/stream/stream.h \
	src/stream/tcp_native.c \
	src/stream/tracker.c
if HAVE_LIBNIDS
libsmtpscope_a_SOURCES += \
	src/stream/nids_notes.c src/stream/nids_notes.h \
	src/stream/nids_packet.c src/stream/nids_packet.h \
	src/stream/tcp_nids.c
endif
