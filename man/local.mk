# SPDX-License-Identifier: GPL-3.0-or-later
#
# Manual pages.  The one about the checks is written by the program, from the
# table that it runs by; a cross build cannot run it and goes without.

dist_man_MANS += man/smtpscope.1 man/smtpscope-jsonl.5 man/smtpscoperc.5
dist_pkgdata_DATA = man/smtpscope-jsonl.schema.json

if CAN_RUN
nodist_man_MANS = man/smtpscope-checks.7
CLEANFILES += man/smtpscope-checks.7
man/smtpscope-checks.7: smtpscope$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) man && ./smtpscope$(EXEEXT) --man-checks >$@.tmp && mv $@.tmp $@
endif
