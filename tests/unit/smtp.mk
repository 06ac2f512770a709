# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area smtp.
check_PROGRAMS += tests/unit/test_mailbox
TESTS += tests/unit/test_mailbox
tests_unit_test_mailbox_SOURCES = tests/unit/test_mailbox.c tests/unit/guarded.h
tests_unit_test_mailbox_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/test_tls
TESTS += tests/unit/test_tls
tests_unit_test_tls_SOURCES = tests/unit/test_tls.c tests/unit/guarded.h
tests_unit_test_tls_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/test_sasl
TESTS += tests/unit/test_sasl
tests_unit_test_sasl_SOURCES = tests/unit/test_sasl.c
tests_unit_test_sasl_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/test_peers
TESTS += tests/unit/test_peers
tests_unit_test_peers_SOURCES = tests/unit/test_peers.c
tests_unit_test_peers_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/test_header
TESTS += tests/unit/test_header
tests_unit_test_header_SOURCES = tests/unit/test_header.c
tests_unit_test_header_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/test_textmap
TESTS += tests/unit/test_textmap
tests_unit_test_textmap_SOURCES = tests/unit/test_textmap.c tests/unit/guarded.h
tests_unit_test_textmap_LDADD = $(UNIT_LDADD)
