// SPDX-License-Identifier: GPL-2.0
/*
 * A container starves tasks of its own in the midst of chroot():
 *
 *	starved GUARD
 *
 * Nobody else waits for them: not who makes a container, nor who mounts, reads the
 * list of mounts or changes his root.
 *
 *	starved load
 *
 * A module is loaded beside them, which could not be taken off again: it is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/inmate.h"
#include "life/kmsg.h"

#define PLACE	"/tmp/pivot"
#define TIMES	10
#define HOOKED	"/sys/kernel/tracing/enabled_functions"

static struct box box;

static bool pivot(void)
{
	return !unshare(CLONE_NEWNS) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", PLACE, "tmpfs", 0, NULL) && !chdir(PLACE) &&
	       !syscall(SYS_pivot_root, ".", ".");
}

static bool mounts(void)
{
	return !mount("none", PLACE, "tmpfs", 0, NULL) &&
	       !umount2(PLACE, MNT_DETACH);
}

static bool reads(void)
{
	char text[4096];

	return read_text("/proc/self/mountinfo", text, sizeof(text)) > 0;
}

static bool moves(void)
{
	return !chroot("/");
}

static bool forks(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(0);
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static const struct {
	const char *name;
	bool (*does)(void);
} deeds[] = {
	{ "pivot_root", pivot }, { "mount", mounts }, { "mountinfo", reads },
	{ "chroot", moves }, { "fork", forks },
};

static bool ends(pid_t pid)
{
	int64_t limit = now_ms() + PATIENCE_MS / 4;
	int status;
	pid_t ret;

	while (!(ret = waitpid(pid, &status, WNOHANG)) && now_ms() < limit)
		usleep(1000);
	return ret == pid && !status;
}

/* On the other processor; a child, since what waits in the kernel can't be left. */
static pid_t start(int i)
{
	cpu_set_t second;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&second);
	CPU_SET(1, &second);
	_exit(sched_setaffinity(0, sizeof(second), &second) ||
	      !deeds[i].does());
}

static void all_go_on(int round)
{
	pid_t pid[ARRAY_SIZE(deeds)];
	size_t i;

	/* At once: one may hold up another. */
	for (i = 0; i < ARRAY_SIZE(deeds); i++)
		pid[i] = start(i);
	for (i = 0; i < ARRAY_SIZE(deeds); i++)
		if (!ok(ends(pid[i]), "round %d: %s", round, deeds[i].name))
			bail("the rest would wait as well");
}

static void start_starving(const char *what)
{
	box_create(&box, BOX_PRIVILEGED, "starver", what);
	box_go(&box);
	board_set(&box.board->go, 1);
	if (!board_reaches(&box.board->ready, 2, PATIENCE_MS))
		bail("nobody starves");
}

static int test_load(void)
{
	int module = open(GUARD_MODULE, O_RDONLY | O_CLOEXEC), ret;
	int named = kmsg_open(), told = kmsg_open();

	start_starving("calls");
	ret = syscall(SYS_finit_module, module, "mode=enforce", 0);
	ok(ret && errno == EBUSY, "the module does not load (%s)",
	   ret ? strerror(errno) : "it does");
	ok(kmsg_count(named, " comm=program is ready to run and does not run") > 0,
	   "the log names a task");
	ok(kmsg_count(told, "nsguard: can't load (-16)") == 1,
	   "and says that it does not load");
	ok(access("/sys/module/nsguard", F_OK), "and is not there");
	ok(system("grep -q -e nsg_ -e nsguard " HOOKED),
	   "nor is a function hooked");
	ok(!box_end(&box), "the container ends well");
	ret = syscall(SYS_finit_module, module, "mode=enforce", 0);
	ok(!ret, "then it loads (%s)", ret ? strerror(errno) : "0");
	close(module);
	ok(guard_stop(GUARD_ENFORCE), "and leaves");
	return tap_done();
}

int main(int argc, char **argv)
{
	int i, kmsg = kmsg_open(), status;
	enum guard guard;

	if (argc > 1 && !strcmp(argv[1], "load"))
		return test_load();
	guard = guard_by_name(argc > 1 ? argv[1] : "");
	mkdir(PLACE, 0755);
	guard_start(guard);
	start_starving("chroots");
	for (i = 1; i <= TIMES; i++)
		all_go_on(i);
	status = box_end(&box);
	ok(!status, "the container ends well (%x)", status);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	ok(guard_stop(guard), "the guard leaves");
	return tap_done();
}
