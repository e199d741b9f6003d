// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody attaches to the module's tracepoint while it is being loaded, which fails:
 * beside tasks that hardly ever run it could not be taken off again.  The kernel frees
 * such a module whoever holds it.
 *
 *	doomed [HOLDERS]
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/holder.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"

#define HOOKED	"/sys/kernel/tracing/enabled_functions"
/* Changes that are logged before the module's init function is called. */
#define CHANGES	400
#define TRIES	5

/* Its parameters are looked at for a while. */
static pid_t load(void)
{
	static char parameters[CHANGES * 16];
	int module, i;
	pid_t pid = fork();

	if (pid)
		return pid;
	for (i = 0; i < CHANGES; i++)
		strcat(parameters, i % 2 ? " mode=audit" : " mode=off");
	strcat(parameters, " mode=enforce");
	module = open(GUARD_MODULE, O_RDONLY | O_CLOEXEC);
	_exit(syscall(SYS_finit_module, module, parameters, 0) ? errno : 0);
}

static int result(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		bail("the loader");
	return WEXITSTATUS(status);
}

static bool is_left(void)
{
	char text[32];

	return read_text("/sys/module/nsguard/parameters/state", text, sizeof(text)) > 0 &&
	       !strcmp(text, "left\n");
}

/* What came in a moment before nobody could any more: nor can it be taken off then. */
static const struct holder *stays;

/* Until it is done, or can't be by @error, or the loader has ended: what open() says. */
static int attach(const struct holder *holder, pid_t loader, int error)
{
	siginfo_t ended;
	int fd;

	do {
		usleep(100);
		ended.si_pid = 0;
		if (waitid(P_PID, loader, &ended, WEXITED | WNOHANG | WNOWAIT))
			bail("the loader");
		fd = holder_event() ? holder->open() : -1;
		if (fd >= 0 && error && !holder_try_close(holder, fd)) {
			if (errno != error)
				bail("%s: %s", holder->name, strerror(errno));
			stays = holder;
			return -1;
		}
	} while (!ended.si_pid && (error ? fd >= 0 || errno != error : fd < 0));
	return ended.si_pid ? -2 : fd;
}

/* By @holder; and not by the @other as well. */
static void test_held(const struct holder *holder, const struct holder *other)
{
	int fd = holder->open(), error, tries;
	pid_t loader = 0;

	ok(fd < 0, "%s: what is not there is not attached to", holder->name);
	/* The loader may have been quicker. */
	for (tries = 0; fd < 0 && tries < TRIES; tries++) {
		if (tries)
			result(loader);
		loader = load();
		fd = attach(holder, loader, 0);
	}
	if (!ok(fd >= 0, "%s is attached before init", holder->name))
		bail("the rest needs that");
	ok(attach(other, loader, other->refused) == -1, "%s: and within it %s is not",
	   holder->name, other->name);
	error = result(loader);
	if (stays)
		holder_close(stays, 0);
	stays = NULL;
	ok(!error, "%s: the module stays (%s)", holder->name, strerror(error));
	ok(is_left(), "%s: its state is left", holder->name);
	ok(system("grep -q -e nsg_ -e nsguard " HOOKED), "%s: no function is hooked",
	   holder->name);
	holder_close(holder, fd);
	ok(!syscall(SYS_delete_module, "nsguard", 0), "%s: then it goes", holder->name);
}

static void test_free(void)
{
	int error = result(load());

	ok(error == EBUSY, "held by nobody it does not load (%s)", strerror(error));
	ok(access("/sys/module/nsguard", F_OK), "and is not there");
}

/* With the loader, and not with those that keep the first busy: in time. */
static void share_processor(void)
{
	cpu_set_t second;

	CPU_ZERO(&second);
	CPU_SET(1, &second);
	if (sched_setaffinity(0, sizeof(second), &second))
		bail("affinity");
}

int main(int argc, char **argv)
{
	unsigned int i, holding = argc > 1 ? (unsigned int)atoi(argv[1]) : nr_holders;
	struct box box;

	box_create(&box, BOX_PRIVILEGED, "starver", "calls");
	box_go(&box);
	board_set(&box.board->go, 1);
	if (!board_reaches(&box.board->ready, 2, PATIENCE_MS))
		bail("nobody starves");
	share_processor();
	for (i = 0; i < holding && i < nr_holders; i++)
		test_held(&holders[i], &holders[(i + 1) % nr_holders]);
	test_free();
	ok(!box_end(&box), "the container ends well");
	guard_load("mode=enforce");
	ok(guard_stop(GUARD_ENFORCE), "then it loads, and leaves");
	return tap_done();
}
