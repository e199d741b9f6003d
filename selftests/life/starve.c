// SPDX-License-Identifier: GPL-2.0
/*
 * A container's tasks do one thing, and each allocation on the way fails once.
 * Whatever they have started stays until the test has counted it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "fixture/fixture.h"
#include "life/fault.h"
#include "life/inmate.h"
#include "life/starve.h"

static struct board *board;

/* Until the test has counted it. */
static void stay(void)
{
	board_add(&board->paused, 1);
	board_reaches(&board->go, 1, -1);
}

static void *stay_in_thread(void *arg)
{
	stay();
	return arg;
}

static void do_fork(void *arg)
{
	(void)arg;
	if (fork())
		return;
	stay();
	_exit(0);
}

static void do_thread(void *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, stay_in_thread, NULL);
}

static void do_exec(void *arg)
{
	(void)arg;
	execl("/program", "/program", "done", NULL);
}

static void do_setuid(void *arg)
{
	(void)arg;
	if (!setresgid(7, 8, 9))
		setresuid(1000, 1001, 1002);
}

static void do_setns(void *arg)
{
	int fd = open("/proc/thread-self/ns/uts", O_RDONLY);

	(void)arg;
	if (fd >= 0)
		setns(fd, CLONE_NEWUTS);
}

static void do_unshare(void *arg)
{
	(void)arg;
	unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_FS);
}

static void do_unshare_user(void *arg)
{
	(void)arg;
	unshare(CLONE_NEWUSER);
}

static void do_chroot(void *arg)
{
	(void)arg;
	chroot("/tmp");
}

/* Without memory for it there is no shot. */
static void shoot(struct fixture_shot *shot)
{
	int fd;

	if (setresuid(1000, 1000, 1000))
		_exit(STARVE_NO_SHOT);
	fd = open("/dev/" FIXTURE_DEVICE, O_RDWR);
	if (fd < 0 || ioctl(fd, FIXTURE_IOC_FIRE, shot))
		_exit(STARVE_NO_SHOT);
}

/* What only root may do. */
static void shoot_and_create(void *shot)
{
	shoot(shot);
	_exit(open(STARVE_SHUT, O_WRONLY | O_CREAT, 0600) < 0 ?
	      STARVE_REFUSED : STARVE_EFFECT);
}

/* What any task may do that has not been tampered with. */
static void shoot_and_look(void *shot)
{
	char text[64];

	shoot(shot);
	_exit(readlink("/proc/self/ns/net", text, sizeof(text)) < 0 ?
	      STARVE_REFUSED : STARVE_EFFECT);
}

static void violation_ended(int n, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == STARVE_NO_SHOT)
		return;
	/* Fired: what came of it is the test's to judge. */
	board_add(&board->rounds, 1);
	if (WIFEXITED(status) && WEXITSTATUS(status) == STARVE_EFFECT)
		board_wrong(board, "an effect with allocation %d", n);
	else if (!(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) &&
		 !(WIFEXITED(status) && WEXITSTATUS(status) == STARVE_REFUSED))
		board_wrong(board, "status %x with allocation %d", status, n);
}

static struct fixture_shot cred = {
	.prim = FIXTURE_CRED, .flags = FIXTURE_F_INIT,
}, commit = {
	.prim = FIXTURE_COMMIT, .flags = FIXTURE_F_INIT,
}, ns = {
	.prim = FIXTURE_NSPROXY_PTR,
};

static const struct {
	const char *name;
	struct fault_series series;
} acts[] = {
	{ "fork", { do_fork, NULL, stay, NULL } },
	{ "thread", { do_thread, NULL, stay, NULL } },
	{ "exec", { do_exec, NULL, NULL, NULL } },
	{ "setuid", { do_setuid, NULL, stay, NULL } },
	{ "setns", { do_setns, NULL, stay, NULL } },
	{ "unshare", { do_unshare, NULL, stay, NULL } },
	{ "unshare-user", { do_unshare_user, NULL, stay, NULL } },
	{ "chroot", { do_chroot, NULL, stay, NULL } },
	{ "shot-cred", { shoot_and_create, &cred, NULL, violation_ended } },
	{ "shot-commit", { shoot_and_create, &commit, NULL, violation_ended } },
	{ "shot-ns", { shoot_and_look, &ns, NULL, violation_ended } },
};

int inmate_starve(struct board *b, const char *what)
{
	size_t i;
	int n;

	board = b;
	for (i = 0; i < ARRAY_SIZE(acts); i++)
		if (!strcmp(what, acts[i].name))
			break;
	if (i == ARRAY_SIZE(acts))
		return INMATE_BROKEN;
	n = fault_run(&acts[i].series);
	if (n < 0)
		board_wrong(board, "%s: %s", what, strerror(errno));
	/* At least 1: it is over. */
	board_add(&board->ready, n < 0 ? 1 : n);
	board_reaches(&board->go, 1, -1);
	while (wait(NULL) > 0)
		;
	return board->errors ? 1 : 0;
}

int inmate_linger(struct board *b, const char *arg)
{
	char left[16] = "";

	(void)b;
	(void)arg;
	if (pread(STARVE_FAULT_FD, left, sizeof(left) - 1, 0) <= 0 ||
	    write(STARVE_TOLD_FD, left, sizeof(left)) != sizeof(left))
		return INMATE_BROKEN;
	for (;;)
		pause();
}
