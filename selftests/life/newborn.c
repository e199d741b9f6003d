// SPDX-License-Identifier: GPL-2.0
/*
 * A child that has been made and does not run yet can be seen: its maker waits for the
 * page that its number goes to.  Another process of the container gives that page, and
 * enters the child's namespace before.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/inmate.h"
#include "common/page.h"

static const struct {
	const char *name;
	int flag;
} kinds[] = {
	{ "uts", CLONE_NEWUTS }, { "net", CLONE_NEWNET },
	{ "ipc", CLONE_NEWIPC },
};

static int only_other_child_of(pid_t parent)
{
	char path[64], text[128];
	int a, b, n;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	if (read_text(path, text, sizeof(text)) <= 0)
		return -1;
	n = sscanf(text, "%d %d", &a, &b);
	return n == 2 ? a == getpid() ? b : a : -1;
}

static void enter(struct board *board, pid_t child, size_t kind)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", child, kinds[kind].name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, kinds[kind].flag))
		board_wrong(board, "%s: %s", path, strerror(errno));
	close(fd);
}

/* The other process. */
static _Noreturn void give(struct board *board, int fd, size_t size)
{
	void *page;
	size_t kind;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		page = page_wanted(fd);
		if (!page)
			_exit(INMATE_BROKEN);
		enter(board, only_other_child_of(getppid()), kind);
		if (page_give(fd, page, size))
			_exit(INMATE_BROKEN);
	}
	_exit(0);
}

int inmate_newborn(struct board *board, const char *arg)
{
	size_t size = sysconf(_SC_PAGESIZE), kind;
	char *area = mmap(NULL, size * ARRAY_SIZE(kinds), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = page_watch(area, size * ARRAY_SIZE(kinds)), status;
	pid_t other, child;

	(void)arg;
	if (fd < 0)
		return INMATE_BROKEN;
	other = fork();
	if (!other)
		give(board, fd, size);
	/* The pages come by themselves if the other ends. */
	close(fd);
	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		child = syscall(SYS_clone,
				kinds[kind].flag | CLONE_PARENT_SETTID | SIGCHLD,
				NULL, area + kind * size, NULL, 0);
		if (!child)
			_exit(0);
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			board_wrong(board, "the child: %s", strerror(errno));
	}
	if (waitpid(other, &status, 0) != other || status)
		board_wrong(board, "the other ended with %x", status);
	return board->errors ? 1 : 0;
}
