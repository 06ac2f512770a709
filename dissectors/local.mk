# SPDX-License-Identifier: GPL-3.0-or-later
#
# The dissectors: stream events in, sessions and findings out.

libsmtpscope_a_SOURCES += \
	dissectors/smtp/align.c \
	dissectors/smtp/analyse.c \
	dissectors/smtp/analyse.h \
	dissectors/smtp/body.c \
	dissectors/smtp/checks.h \
	dissectors/smtp/checks/behaviour.c \
	dissectors/smtp/checks/capture.c \
	dissectors/smtp/checks/cascade.c \
	dissectors/smtp/checks/cascade.h \
	dissectors/smtp/checks/check.h \
	dissectors/smtp/checks/closing.c \
	dissectors/smtp/checks/command.c \
	dissectors/smtp/checks/data.c \
	dissectors/smtp/checks/engine.c \
	dissectors/smtp/checks/opening.c \
	dissectors/smtp/checks/order.c \
	dissectors/smtp/checks/query.c \
	dissectors/smtp/checks/reply.c \
	dissectors/smtp/client.c \
	dissectors/smtp/closure.c \
	dissectors/smtp/dissector.c \
	dissectors/smtp/dissector.h \
	dissectors/smtp/feed.c \
	dissectors/smtp/foreign.c \
	dissectors/smtp/mailbox.c \
	dissectors/smtp/mailbox.h \
	dissectors/smtp/pair.c \
	dissectors/smtp/parser.h \
	dissectors/smtp/path.c \
	dissectors/smtp/peers.c \
	dissectors/smtp/peers.h \
	dissectors/smtp/rewind.c \
	dissectors/smtp/sasl.c \
	dissectors/smtp/sasl.h \
	dissectors/smtp/server.c \
	dissectors/smtp/session.c \
	dissectors/smtp/session.h \
	dissectors/smtp/smtp.h \
	dissectors/smtp/smtp_names.c \
	dissectors/smtp/smtp_verb.c \
	dissectors/smtp/state.c \
	dissectors/smtp/tls_read.c \
	dissectors/smtp/transaction.c \
	dissectors/smtp/tunnel.c \
	dissectors/tls/tls.c \
	dissectors/tls/tls.h \
	dissectors/tls/tls_names.c
