/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay - runs a target once for each file, as libFuzzer does with files.
 *
 *	TARGET FILE...
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 20 };

int
main(int argc, char **argv)
{
	uint8_t *octets = malloc(INPUT_MAX);
	FILE *f;
	size_t n;
	int i;

	if (!octets)
		return 2;
	for (i = 1; i < argc; i++) {
		if (!(f = fopen(argv[i], "rb"))) {
			perror(argv[i]);
			return 2;
		}
		n = fread(octets, 1, INPUT_MAX, f);
		fclose(f);
		LLVMFuzzerTestOneInput(octets, n);
	}
	free(octets);
	printf("%d inputs\n", argc - 1);
	return 0;
}
