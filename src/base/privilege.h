/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * privilege - gives the rights of the superuser up once they are not needed any more.
 */
#ifndef SMTPSCOPE_BASE_PRIVILEGE_H
#define SMTPSCOPE_BASE_PRIVILEGE_H

struct error;

/*
 * Makes the process this user, with the groups of that user, for good: no way back is left, and
 * no program that is started gains rights.  What is open stays open.  0; or -1 with the error
 * set, and then nothing may be read on: some of it may have been done.
 */
int privilege_drop(const char *user, struct error *);

#endif
