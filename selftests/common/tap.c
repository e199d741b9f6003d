// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tap.h"

static int count, failures;

bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	failures += !good;
	return good;
}

void diag(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void bail(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	fputs("Bail out! ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (%s)\n", strerror(error));
	fflush(stdout);
	exit(1);
}

void disk_expect(const char *path, bool present, const char *content)
{
	printf("# disk-expect %s %s%s%s\n", path,
	       present ? "present" : "absent", content ? " " : "",
	       content ? content : "");
	fflush(stdout);
}

int tap_done(void)
{
	printf("1..%d\n", count);
	fflush(stdout);
	return failures ? 1 : 0;
}
