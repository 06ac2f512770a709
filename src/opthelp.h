/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opthelp - the texts of --help and --version.
 */
#ifndef SMTPSCOPE_OPTHELP_H
#define SMTPSCOPE_OPTHELP_H

struct output;

void options_help(struct output *);
void options_version(struct output *);

#endif
