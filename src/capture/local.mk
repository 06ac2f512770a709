# SPDX-License-Identifier: GPL-3.0-or-later
#
# capture: frames from saved captures and from interfaces.
libsmtpscope_a_SOURCES += \
	src/capture/capture.c src/capture/capture.h \
	src/capture/capture_file.c \
	src/capture/capture_filter.c \
	src/capture/capture_interface.c \
	src/capture/capture_list.c \
	src/capture/capture_live.c \
	src/capture/capture_open.c \
	src/capture/capture_refuse.c \
	src/capture/capture_rotate.c \
	src/capture/capture_stream.c \
	src/capture/capture_write.c \
	src/capture/pcapfile.c src/capture/pcapfile.h \
	src/capture/pcapng.c src/capture/pcapng.h \
	src/capture/pcapng_block.c \
	src/capture/pcapng_section.c \
	src/capture/pcapng_value.c \
	src/capture/pcapng_write.c src/capture/pcapng_write.h \
	src/capture/packed_out.c src/capture/packed_out.h \
	src/capture/savefile.h \
	src/capture/source.h \
	src/capture/spool.c src/capture/spool.h \
	src/capture/transcript.c src/capture/transcript.h \
	src/capture/transcript_line.c \
	src/capture/transcript_queue.c \
	src/capture/transcript_say.c \
	src/capture/transcript_mark.c \
	src/capture/transcript_talk.c src/capture/transcript_talk.h \
	src/capture/transcript_row.c \
	src/capture/transcript_table.c \
	src/capture/unpack.c src/capture/unpack.h

# Compressed captures, each kind with its library.
AM_CPPFLAGS += $(ZLIB_CFLAGS) $(ZSTD_CFLAGS) $(LZ4_CFLAGS)
PROGRAM_LIBS += $(ZLIB_LIBS) $(ZSTD_LIBS) $(LZ4_LIBS)
if HAVE_ZLIB
libsmtpscope_a_SOURCES += src/capture/unpack_gzip.c
endif
if HAVE_ZSTD
libsmtpscope_a_SOURCES += src/capture/unpack_zstd.c
endif
if HAVE_LZ4
libsmtpscope_a_SOURCES += src/capture/unpack_lz4.c
endif
