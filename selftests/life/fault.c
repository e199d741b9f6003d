// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/fault.h"

#define DEBUGFS "/sys/kernel/debug/"

bool fault_prepare(void)
{
	static const char *const knobs[][2] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
	};
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(knobs); i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s", knobs[i][0]);
		if (write_text(path, knobs[i][1]))
			return false;
	}
	return true;
}

int fault_open(void)
{
	return open("/proc/thread-self/fail-nth", O_RDWR);
}

bool fault_arm(int fault, int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	return pwrite(fault, text, len, 0) == len;
}

int fault_left(pid_t pid)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/fail-nth", pid, pid);
	return read_text(path, text, sizeof(text)) < 0 ? -1 : atoi(text);
}

/* In the child; the pipe tells that it has come to its end or stays. */
static void play(const struct fault_series *series, int n, int done)
{
	int fault = fault_open();

	if (fault < 0 || !fault_arm(fault, n))
		_exit(125);
	series->act(series->arg);
	if (!series->stay)
		_exit(0);
	/* Writing takes memory, too, and may be what fails. */
	while (write(done, "1", 1) != 1)
		if (errno != ENOMEM)
			_exit(124);
	series->stay();
	_exit(0);
}

/* What was left of n when it had ended or stayed; -1 with errno set. */
static int try(const struct fault_series *series, int n)
{
	int done[2], left, status;
	siginfo_t info;
	char byte;
	pid_t pid;

	if (pipe2(done, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid)
		play(series, n, done[1]);
	close(done[1]);
	if (pid < 0)
		return -1;
	if (series->stay && read(done[0], &byte, 1) == 1) {
		close(done[0]);
		return fault_left(pid);
	}
	close(done[0]);
	/* A zombie still tells it. */
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		return -1;
	left = fault_left(pid);
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	if (series->ended)
		series->ended(n, status);
	return left;
}

int fault_run(const struct fault_series *series)
{
	int n, left;

	for (n = 1; n < FAULT_MAX; n++) {
		left = try(series, n);
		if (left)
			return left < 0 ? -1 : n;
	}
	errno = E2BIG;
	return -1;
}
