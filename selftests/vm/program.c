// SPDX-License-Identifier: GPL-2.0
/* One test of the guest: its process, its two streams, its end. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"
#include "util.h"

#define TEST_DIR	"/nsguard/tests"

/* One line buffer for each of a test's two streams. */
struct stream {
	int fd;
	char mark;
	size_t len;
	char line[4096];
};

static void stream_flush(struct stream *s)
{
	char head[2] = { s->mark, ' ' };

	if (!s->len)
		return;
	report_raw(head, 2);
	report_raw(s->line, s->len);
	report_raw("\n", 1);
	s->len = 0;
}

/* Copies what is there to the host. Returns 0 at the end of the stream. */
static int stream_drain(struct stream *s)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(s->fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] == '\n') {
				if (!s->len)
					s->line[s->len++] = ' ';
				stream_flush(s);
				continue;
			}
			s->line[s->len++] = buf[i];
			if (s->len == sizeof(s->line))
				stream_flush(s);
		}
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static pid_t spawn(const char *command, int out, int err)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	close(0);
	open("/dev/null", O_RDONLY);
	dup2(out, 1);
	dup2(err, 2);
	if (chdir(TEST_DIR))
		chdir("/");
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

/* Nothing of a test outlives it: the next one starts with a quiet guest. */
static void kill_rest(const char *name)
{
	long long limit = now_ms() + 20000;

	for (;;) {
		pid_t pid;

		kill(-1, SIGKILL);
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return;
		if (now_ms() > limit) {
			report("FATAL %s: a task can't be killed", name);
			return;
		}
		sleep_ms(20);
	}
}

/* Reaps orphans, too; returns 1 once @pid is gone. */
static int reaped(pid_t pid, int *status)
{
	int one;
	pid_t got;

	while ((got = waitpid(-1, &one, WNOHANG)) > 0) {
		if (got == pid) {
			*status = one;
			return 1;
		}
	}
	return 0;
}

void run_test(const char *name, int seconds, const char *command)
{
	struct stream out = { .mark = '|' }, err = { .mark = '!' };
	long long start = now_ms(), limit = start + seconds * 1000LL;
	int out_pipe[2], err_pipe[2], status = 0, done = 0;
	char verdict[64] = "timeout";
	pid_t pid;

	if (pipe2(out_pipe, O_CLOEXEC) || pipe2(err_pipe, O_CLOEXEC))
		die("pipe");
	out.fd = out_pipe[0];
	err.fd = err_pipe[0];
	fcntl(out.fd, F_SETFL, O_NONBLOCK);
	fcntl(err.fd, F_SETFL, O_NONBLOCK);

	report("BEGIN %s", name);
	note("nsguard-test: begin %s", name);
	pid = spawn(command, out_pipe[1], err_pipe[1]);
	close(out_pipe[1]);
	close(err_pipe[1]);

	while (!done && now_ms() < limit) {
		struct pollfd fds[2] = {
			{ .fd = out.fd, .events = POLLIN },
			{ .fd = err.fd, .events = POLLIN },
		};

		/* A closed stream is always ready: sleep instead. */
		if (poll(fds, 2, 50) > 0 &&
		    !((fds[0].revents | fds[1].revents) & POLLIN))
			sleep_ms(10);
		stream_drain(&out);
		stream_drain(&err);
		done = reaped(pid, &status);
	}
	kill_rest(name);
	stream_drain(&out);
	stream_drain(&err);
	stream_flush(&out);
	stream_flush(&err);
	close(out.fd);
	close(err.fd);

	if (done && WIFSIGNALED(status))
		snprintf(verdict, sizeof(verdict), "signal %d", WTERMSIG(status));
	else if (done)
		snprintf(verdict, sizeof(verdict), "status %d", WEXITSTATUS(status));
	note("nsguard-test: end %s %s", name, verdict);
	report("EXIT %s %s %lld ms", name, verdict, now_ms() - start);
}
