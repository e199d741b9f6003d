// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded above containers whose tasks have what neither the first process
 * nor what it made has, and came to it by right: nothing is told of them.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/kmsg.h"
#include "start/view.h"

static struct box box;
static struct view view;

static void join(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", box.container.pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, 0))
		_exit(1);
	close(fd);
}

static void wait_for_go(void)
{
	board_add(&box.board->ready, 1);
	board_reaches(&box.board->go, 1, -1);
	/* Enters the guard's gate, where it is looked at. */
	getppid();
}

/* Forks, and ends as the child ends. */
static void stay_outside(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		return;
	_exit(pid < 0 || waitpid(pid, &status, 0) != pid || status);
}

/*
 * As `docker exec --privileged`: with all capabilities and without a filter, which its
 * child has from it.
 */
static pid_t send_in(void)
{
	static const char *const names[] = {
		"cgroup", "ipc", "uts", "net", "pid", "mnt",
	};
	pid_t pid;
	size_t i;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		join(names[i]);
	stay_outside();
	stay_outside();
	wait_for_go();
	_exit(0);
}

/* @waiting: who waits for the module; @tasks: of the container then */
static void load_above(enum box_kind kind, const char *arg, bool entered,
		       int waiting, int tasks)
{
	int status, guest_status = 0;
	struct tally tally;
	pid_t guest = 0;

	box_create(&box, kind, "mixer", arg);
	box_go(&box);
	if (!board_reaches(&box.board->ready, waiting - entered, PATIENCE_MS))
		bail("the container does not start");
	if (entered)
		guest = send_in();
	if (!board_reaches(&box.board->ready, waiting, PATIENCE_MS))
		bail("nobody gets in");
	guard_load("mode=enforce");
	view_take(&view);
	if (!ok(view.count == 1 && view.tasks == tasks,
		"%s: all of it are known (%lld)", box_names[kind],
		(long long)view.tasks))
		view_show(&view);
	board_set(&box.board->go, 1);
	if (guest && waitpid(guest, &guest_status, 0) != guest)
		bail("wait for who came in");
	status = box_end(&box);
	ok(!status && !guest_status, "%s: it ends well (%x, %x)",
	   box_names[kind], status, guest_status);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "%s: it is no event (%lld, %lld)",
	   box_names[kind], (long long)tally.events, (long long)tally.kills);
	ok(guard_stop(GUARD_ENFORCE), "%s: the guard leaves", box_names[kind]);
}

int main(void)
{
	int kmsg = kmsg_open();

	/* The first process and its two children, and three by which one gets in. */
	load_above(BOX_PRIVILEGED, NULL, true, 3, 6);
	load_above(BOX_AMBIGUOUS, "host-net", false, 1, 2);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	return tap_done();
}
