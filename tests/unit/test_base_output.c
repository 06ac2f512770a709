/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_base_output - reports into files and memory, and what is told when they
 * cannot be written; allocation that ends the program.
 */
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_output_memory(void **state)
{
	struct output *o = output_memory();
	struct error err = { "" };
	char name[1025];
	int i;

	(void)state;
	assert_int_equal(output_slice(o).n, 0);
	assert_string_equal((const char *)output_slice(o).p, "");
	out_puts(o, "a");
	out_putc(o, 0xff);
	out_write(o, slice_of("\0z", 2));
	out_printf(o, "%s-%d", "b", 5);
	assert_int_equal(output_slice(o).n, 7);
	assert_memory_equal(output_slice(o).p, "a\xff\0zb-5", 8);
	for (i = 1; i < 1025; i++) { /* on both sides of the small buffer */
		memset(name, 'x', (size_t)i);
		name[i] = '\0';
		out_printf(o, "%s", name);
	}
	assert_int_equal(output_slice(o).n, 7 + 1024 * 1025 / 2);
	out_flush(o);
	assert_false(out_failed(o));
	assert_int_equal(output_close(o, &err), 0);
	assert_int_equal(output_close(NULL, &err), 0);
	assert_string_equal(err.text, "");
}

static void
test_output_file(void **state)
{
	char path[] = "/tmp/smtpscope-test-XXXXXX", got[16] = "";
	struct error err = { "" };
	struct output *o;
	FILE *fp;

	(void)state;
	close(mkstemp(path));
	o = output_open(path, &err);
	assert_non_null(o);
	out_puts(o, "line\n");
	out_flush(o);
	fp = fopen(path, "r");
	assert_non_null(fp);
	assert_int_equal(fread(got, 1, sizeof got, fp), 5); /* flushed means readable */
	fclose(fp);
	out_puts(o, "rest");
	assert_int_equal(output_close(o, &err), 0);
	fp = fopen(path, "r");
	assert_int_equal(fread(got, 1, sizeof got, fp), 9);
	assert_string_equal(got, "line\nrest");
	fclose(fp);
	unlink(path);
	assert_null(output_open("/nonexistent/x", &err));
	assert_string_equal(
	    err.text, "/nonexistent/x: cannot be opened for writing: No such file or directory");
}

/* A full disk is told, whether it shows in a write or only at the end. */
static void
test_output_full(void **state)
{
	struct error err;
	int lines[] = { 1, 100000 }, i;
	size_t row;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	for (row = 0; row < COUNT(lines); row++) {
		struct output *o = output_open("/dev/full", &err);

		assert_non_null(o);
		for (i = 0; i < lines[row]; i++)
			out_puts(o, "a line\n");
		assert_int_equal(out_failed(o), lines[row] > 1);
		assert_int_equal(output_close(o, &err), -1);
		assert_string_equal(err.text, "/dev/full: writing failed: No space left on device");
	}
}

/* Runs `body' in a child with standard output and error in pipes' hands. */
static int
in_child(void (*body)(void), int out)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		body();
		_exit(99);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The reader has gone: nothing to complain about, but the program may stop. */
static void
closed_pipe(void)
{
	struct error err = { "" };
	struct output *o;

	signal(SIGPIPE, SIG_IGN);
	o = output_open("-", &err);
	out_puts(o, "x");
	out_flush(o);
	if (!out_failed(o))
		_exit(1);
	out_puts(o, "y");
	_exit(output_close(o, &err) == 0 && err.text[0] == '\0' ? 0 : 2);
}

static void
test_output_closed_pipe(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(in_child(closed_pipe, fds[1]), 0);
	close(fds[1]);
}

static void
overflowing_product(void)
{
	volatile size_t huge = SIZE_MAX / 2 + 2;

	free(xreallocarray(NULL, huge, 2));
}

static void
zero_size(void)
{
	free(xmalloc(0));
}

static void
test_mem(void **state)
{
	char *s = xasprintf("%s %d", "frame", 7), *copy = xstrndup("EHLO x", 4), text[128] = "";
	int fds[2];

	(void)state;
	assert_string_equal(s, "frame 7");
	assert_string_equal(copy, "EHLO");
	free(s);
	free(copy);
	s = xstrdup("");
	assert_string_equal(s, "");
	free(s);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(in_child(overflowing_product, fds[1]), 2);
	assert_int_equal(in_child(zero_size, fds[1]), 2);
	assert_true(read(fds[0], text, sizeof text - 1) > 0);
	assert_memory_equal(text, "smtpscope: out of memory", 24);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_memory),
		cmocka_unit_test(test_output_file),
		cmocka_unit_test(test_output_full),
		cmocka_unit_test(test_output_closed_pipe),
		cmocka_unit_test(test_mem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
