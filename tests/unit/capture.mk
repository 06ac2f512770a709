# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area capture.

check_PROGRAMS += tests/unit/test_capture_file \
	tests/unit/test_capture_refuse \
	tests/unit/test_capture_merge \
	tests/unit/test_capture_write \
	tests/unit/test_capture_rotate \
	tests/unit/test_capture_live \
	tests/unit/test_pcapng \
	tests/unit/test_pcapng_cut \
	tests/unit/test_pcapng_links \
	tests/unit/test_pcapng_refuse \
	tests/unit/test_pcapng_value \
	tests/unit/test_pcapng_write \
	tests/unit/test_transcript \
	tests/unit/test_unpack \
	tests/unit/test_unpack_damage
TESTS += tests/unit/test_capture_file \
	tests/unit/test_capture_refuse \
	tests/unit/test_capture_merge \
	tests/unit/test_capture_write \
	tests/unit/test_capture_rotate \
	tests/unit/test_capture_live \
	tests/unit/test_pcapng \
	tests/unit/test_pcapng_cut \
	tests/unit/test_pcapng_links \
	tests/unit/test_pcapng_refuse \
	tests/unit/test_pcapng_value \
	tests/unit/test_pcapng_write \
	tests/unit/test_transcript \
	tests/unit/test_unpack \
	tests/unit/test_unpack_damage

tests_unit_test_capture_file_SOURCES = tests/unit/test_capture_file.c tests/unit/test_capture_files.h
tests_unit_test_capture_file_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_refuse_SOURCES = tests/unit/test_capture_refuse.c tests/unit/test_capture_files.h
tests_unit_test_capture_refuse_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_merge_SOURCES = tests/unit/test_capture_merge.c tests/unit/test_capture_files.h
tests_unit_test_capture_merge_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_write_SOURCES = tests/unit/test_capture_write.c tests/unit/test_capture_files.h
tests_unit_test_capture_write_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_rotate_SOURCES = tests/unit/test_capture_rotate.c tests/unit/test_capture_files.h
tests_unit_test_capture_rotate_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_live_SOURCES = tests/unit/test_capture_live.c tests/unit/test_capture_files.h
tests_unit_test_capture_live_LDADD = $(UNIT_LDADD)
tests_unit_test_pcapng_SOURCES = tests/unit/test_pcapng.c tests/unit/test_pcapng_blocks.h
tests_unit_test_pcapng_LDADD = $(UNIT_LDADD)
tests_unit_test_pcapng_cut_SOURCES = tests/unit/test_pcapng_cut.c tests/unit/test_pcapng_blocks.h
tests_unit_test_pcapng_cut_LDADD = $(UNIT_LDADD)
tests_unit_test_pcapng_links_SOURCES = tests/unit/test_pcapng_links.c tests/unit/test_pcapng_blocks.h
tests_unit_test_pcapng_links_LDADD = $(UNIT_LDADD)
tests_unit_test_pcapng_refuse_SOURCES = tests/unit/test_pcapng_refuse.c tests/unit/test_pcapng_blocks.h
tests_unit_test_pcapng_refuse_LDADD = $(UNIT_LDADD)
tests_unit_test_pcapng_value_SOURCES = tests/unit/test_pcapng_value.c tests/unit/test_capture_files.h
tests_unit_test_pcapng_value_LDADD = $(UNIT_LDADD)
tests_unit_test_transcript_SOURCES = tests/unit/test_transcript.c tests/unit/test_capture_files.h
tests_unit_test_transcript_LDADD = $(UNIT_LDADD)
tests_unit_test_unpack_SOURCES = tests/unit/test_unpack.c tests/unit/test_unpack_pack.h
tests_unit_test_unpack_LDADD = $(UNIT_LDADD)
tests_unit_test_unpack_damage_SOURCES = tests/unit/test_unpack_damage.c tests/unit/test_unpack_pack.h
tests_unit_test_unpack_damage_LDADD = $(UNIT_LDADD)
tests_unit_test_pcapng_write_SOURCES = tests/unit/test_pcapng_write.c tests/unit/test_capture_files.h
tests_unit_test_pcapng_write_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_spool
TESTS += tests/unit/test_spool
tests_unit_test_spool_SOURCES = tests/unit/test_spool.c
tests_unit_test_spool_LDADD = $(UNIT_LDADD)
