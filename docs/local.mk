# SPDX-License-Identifier: GPL-3.0-or-later
#
# Example reports, made anew by `make examples' when the reports have changed;
# `make example-pictures' draws them with a browser, if there is one.

EXAMPLES = seed1-full seed2-all seed3-C
# The first has the frame numbers and the names of the article that published it.
EXAMPLE_1 = --first-frame=3024 --name 192.0.2.1=IMC --name 198.51.100.25=Target --redact=none
EXTRA_DIST += docs/examples docs/picture.sh docs/screens.sh docs/screens.md

.PHONY: examples example-pictures
examples: smtpscope$(EXEEXT)
	@for name in $(EXAMPLES); do \
		case $$name in seed1-full) set -- $(EXAMPLE_1) ;; *) set -- ;; esac; \
		set -- "$$@" -r $(srcdir)/traces/$$name.pcap; \
		./smtpscope$(EXEEXT) -T markdown -o $(srcdir)/docs/examples/$$name.md "$$@" && \
		./smtpscope$(EXEEXT) -T html -o $(srcdir)/docs/examples/$$name.html "$$@" || \
		exit 1; \
	done

example-pictures: examples
	@for name in $(EXAMPLES); do \
		$(srcdir)/docs/picture.sh $(srcdir)/docs/examples/$$name.html \
			$(srcdir)/docs/examples/$$name.png || exit 1; \
	done
