/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optset - setters for the table of options: 0, or -1 with the error set and
 * nothing stored.  -z and -Y take "help", too, which asks for a list.  `arg' is what the user gave;
 * only
 * optset_display_filter(), optset_name(), optset_explain() and optset_suppress_file() keep a
 * pointer to it.
 */
#ifndef SMTPSCOPE_OPTSET_H
#define SMTPSCOPE_OPTSET_H

struct error;
struct options;

int optset_file(struct options *, const char *arg, struct error *);
int optset_interfaces(struct options *, const char *arg, struct error *); /* "IF[,IF]" */
int optset_ports(struct options *, const char *arg, struct error *); /* "PORT[,PORT]" or "all" */
int optset_buffer(struct options *, const char *arg, struct error *);
int optset_max_memory(struct options *, const char *arg, struct error *);
int optset_spool(struct options *, const char *arg, struct error *);
int optset_engine(struct options *, const char *arg, struct error *);
int optset_format(struct options *, const char *arg, struct error *);
int optset_statistics(struct options *, const char *arg, struct error *);
int optset_display_filter(struct options *, const char *arg, struct error *);
int optset_severity(struct options *, const char *arg, struct error *);
int optset_fail_on(struct options *, const char *arg, struct error *);
int optset_color(struct options *, const char *arg, struct error *);
int optset_checksum(struct options *, const char *arg, struct error *);
int optset_time(struct options *, const char *arg, struct error *);
int optset_name(struct options *, const char *arg, struct error *);   /* "ADDR=NAME" */
int optset_redact(struct options *, const char *arg, struct error *); /* NULL: all */
int optset_suppress_file(struct options *, const char *arg, struct error *);
int optset_grade(struct options *, const char *arg, struct error *);   /* "ID=LEVEL" */
int optset_explain(struct options *, const char *arg, struct error *); /* an ID, looked up later */

#endif
