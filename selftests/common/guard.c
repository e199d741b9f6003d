// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define PARAMETERS "/sys/module/nsguard/parameters/"
#define TRACING "/sys/kernel/tracing/"

const char *const guard_names[NR_GUARDS] = {
	"none", "off", "audit", "enforce",
};

enum guard guard_by_name(const char *name)
{
	int i;

	for (i = 0; i < NR_GUARDS; i++)
		if (name && !strcmp(name, guard_names[i]))
			return i;
	errno = EINVAL;
	bail("which guard? none, off, audit or enforce");
}

static int insert(const char *path, const char *parameters)
{
	int err, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	err = syscall(SYS_finit_module, fd, parameters, 0);
	close(fd);
	return err;
}

void guard_load(const char *parameters)
{
	if (insert(GUARD_MODULE, parameters))
		bail("load %s %s", GUARD_MODULE, parameters);
}

void guard_start(enum guard guard)
{
	char mode[32];

	if (guard == GUARD_NONE)
		return;
	/* Containers by the dozen are attacked here, which is no storm. */
	snprintf(mode, sizeof(mode), "mode=%s storm=0", guard_names[guard]);
	guard_load(mode);
}

bool guard_stop(enum guard guard)
{
	if (guard == GUARD_NONE)
		return true;
	return !write_text(PARAMETERS "retire", "1") &&
	       !syscall(SYS_delete_module, "nsguard", 0);
}

void guard_set(const char *parameter, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	if (write_text(path, value))
		bail("%s to %s", value, path);
}

void guard_layers(unsigned int layers)
{
	char value[16];

	snprintf(value, sizeof(value), "%u", layers);
	guard_set("layers", value);
}

void guard_get(const char *parameter, char *value, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	if (read_text(path, value, size) < 0)
		bail("%s", path);
	value[strcspn(value, "\n")] = '\0';
}

/* The counters' part of the status. */
static const char *read_counters(void)
{
	static char text[65536];
	const char *counters;
	FILE *status;
	size_t len;

	status = popen("nsguardctl --json status", "re");
	if (!status)
		bail("nsguardctl status");
	len = fread(text, 1, sizeof(text) - 1, status);
	text[len] = '\0';
	if (pclose(status))
		bail("nsguardctl status failed");
	json_compact(text);
	counters = strstr(text, "\"counters\":");
	if (!counters)
		bail("no counters in %s", text);
	return counters;
}

static int64_t counter(const char *counters, const char *name)
{
	int64_t value;

	if (!json_number(counters, name, &value))
		bail("no counter %s in %s", name, counters);
	return value;
}

int64_t guard_counter(const char *name)
{
	return counter(read_counters(), name);
}

void guard_watch_log(void)
{
	int trace = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (trace < 0)
		bail("the trace");
	close(trace);
	if (write_text(TRACING "events/printk/console/enable", "1"))
		bail("the tracepoint of the log");
}

static int log_lines(const char *writer, const char *text)
{
	char command[256];
	int count = -1;
	FILE *from;

	snprintf(command, sizeof(command),
		 "grep -c '^ *%s.* console: .*%s' " TRACING "trace", writer, text);
	from = popen(command, "re");
	if (!from || fscanf(from, "%d", &count) != 1)
		bail("%s", command);
	pclose(from);
	return count;
}

bool guard_says(const char *text)
{
	int i, lines, by_worker;

	for (i = 0; i < 100 && !log_lines("", text); i++)
		usleep(100000);
	lines = log_lines("", text);
	by_worker = log_lines("kworker/", text);
	if (lines != 1 || by_worker != 1)
		diag("%d lines, %d by a worker: %s", lines, by_worker, text);
	return lines == 1 && by_worker == 1;
}

struct tally guard_tally(void)
{
	const char *counters = read_counters();

	return (struct tally){
		.events = counter(counters, "events"),
		.kills = counter(counters, "kills"),
	};
}

/* The counter moves by itself; nothing tells when. */
bool guard_counter_reaches(const char *name, int64_t value, int ms)
{
	int64_t limit = now_ms() + ms;

	while (guard_counter(name) < value) {
		if (now_ms() > limit)
			return false;
		usleep(10000);
	}
	return true;
}

void module_start(const char *path)
{
	if (insert(path, "i_am_a_throwaway_guest=1"))
		bail("load %s", path);
}

bool module_stop(const char *name)
{
	return !syscall(SYS_delete_module, name, 0);
}

void fixture_start(void)
{
	module_start(FIXTURE_MODULE);
}

bool fixture_stop(void)
{
	return module_stop("nsguard_fixture");
}

/* A line of what the monitor prints; false when none came in time. */
static bool next_line(struct monitor *m, char *line, size_t size, int ms)
{
	int64_t limit = now_ms() + ms;
	char *end;

	while (!(end = memchr(m->buf, '\n', m->have))) {
		struct pollfd pfd = { .fd = m->fd, .events = POLLIN };
		int left = limit - now_ms();
		ssize_t n;

		if (m->have == sizeof(m->buf))
			bail("the monitor's line is too long");
		if (poll(&pfd, 1, left > 0 ? left : 0) <= 0)
			return false;
		n = read(m->fd, m->buf + m->have, sizeof(m->buf) - m->have);
		if (n <= 0)
			return false;
		m->have += n;
	}
	snprintf(line, size, "%.*s", (int)(end - m->buf), m->buf);
	m->have -= end + 1 - m->buf;
	memmove(m->buf, end + 1, m->have);
	return true;
}

void monitor_start(struct monitor *m)
{
	static char line[65536];
	int out[2];

	m->have = 0;
	if (pipe2(out, O_CLOEXEC))
		bail("pipe");
	m->pid = fork();
	if (m->pid < 0)
		bail("fork");
	if (!m->pid) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		execlp("nsguardctl", "nsguardctl", "--json", "monitor", NULL);
		_exit(127);
	}
	close(out[1]);
	m->fd = out[0];
	if (!next_line(m, line, sizeof(line), 30000) ||
	    !strstr(line, "listening"))
		bail("the monitor does not listen: %s", line);
}

bool monitor_next(struct monitor *m, char *line, size_t size, int ms)
{
	do {
		if (!next_line(m, line, size, ms))
			return false;
		json_compact(line);
		/* Whatever the test has switched is no event. */
	} while (!strncmp(line, "{\"config\":", strlen("{\"config\":")));
	return true;
}

void monitor_stop(struct monitor *m)
{
	if (!m->pid)
		return;
	kill(m->pid, SIGKILL);
	waitpid(m->pid, NULL, 0);
	close(m->fd);
	m->pid = 0;
}
