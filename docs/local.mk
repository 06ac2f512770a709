# SPDX-License-Identifier: GPL-3.0-or-later
#
# Example reports, made anew by `make examples' when the reports have changed;
# `make example-pictures' draws them with a browser, if there is one.

EXAMPLES = seed1-full seed2-a seed3-C
EXTRA_DIST += docs/examples docs/picture.sh

.PHONY: examples example-pictures
examples: smtpscope$(EXEEXT)
	@for name in $(EXAMPLES); do \
		capture=$(srcdir)/traces/$$name.pcap; \
		./smtpscope$(EXEEXT) -T markdown -o $(srcdir)/docs/examples/$$name.md -r $$capture && \
		./smtpscope$(EXEEXT) -T html -o $(srcdir)/docs/examples/$$name.html -r $$capture || \
		exit 1; \
	done

example-pictures: examples
	@for name in $(EXAMPLES); do \
		$(srcdir)/docs/picture.sh $(srcdir)/docs/examples/$$name.html \
			$(srcdir)/docs/examples/$$name.png || exit 1; \
	done
