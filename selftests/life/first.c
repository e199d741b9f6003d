// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded above a container whose first process does not tell that it is
 * one, and another process of it that goes to the host afterwards:
 *
 *	first off|enforce
 *
 * What the container is like, which is made as by a runtime that does not change the
 * mount namespace's root:
 *
 *	host /		/tmp/first-RANDOM	share	program
 *	  | bind	    | chroot
 *	  /host		    /			/share	/program
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/board.h"
#include "life/box.h"
#include "life/first.h"
#include "life/stray.h"
#include "start/view.h"

#define INMATE	"/nsguard/tests/life/inmate"
#define NEW_NS	(CLONE_NEWNS | CLONE_NEWPID)

/**
 * struct setting - a container
 * @name: of the setting
 * @first: what its first process is like
 * @below: it is in a process namespace whose first process is the host's
 * @tasks: how many are the container's; 0 if they come and go
 */
struct setting {
	const char *name;
	const char *first;
	bool below;
	int tasks;
};

static const struct setting settings[] = {
	{ "a first process as usual", FIRST_USUAL, false, 2 },
	{ "one that exits", FIRST_EXITING, false, 0 },
	/* Which was born after the program was executed. */
	{ "one whose first thread has ended", FIRST_THREAD, false, 2 },
	/* By the start rule it is in none. */
	{ "one with the host's root", FIRST_ELSEWHERE, false, 1 },
	{ "one of the host's around it", FIRST_USUAL, true, 2 },
};

static enum guard guard;
static char dir[32];
static struct board *board;

static pid_t spawn(int flags)
{
	pid_t pid;

	fflush(NULL);
	pid = syscall(SYS_clone, SIGCHLD | flags, NULL, NULL, NULL, NULL);
	if (pid < 0)
		bail("clone");
	return pid;
}

static void run_shell(const char *command)
{
	char text[128];

	snprintf(text, sizeof(text), command, dir);
	if (system(text))
		bail("%s", text);
}

static void make_dir(void)
{
	char path[64];

	snprintf(dir, sizeof(dir), "/tmp/first-XXXXXX");
	if (!mkdtemp(dir) || chmod(dir, 0755))
		bail("%s", dir);
	run_shell("cd %s && mkdir host share && cp " INMATE " program");
	snprintf(path, sizeof(path), "%s" BOARD_PATH, dir);
	board = board_map(path, true);
	if (!board)
		bail("%s", path);
}

static _Noreturn void be_first(const struct setting *setting)
{
	char host[64];

	snprintf(host, sizeof(host), "%s/host", dir);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("/", host, NULL, MS_BIND, NULL) || chroot(dir) || chdir("/"))
		bail("the container's root");
	execl("/program", "/program", "firstborn", setting->first, NULL);
	bail("/program");
}

/* Whom it ends with. */
static pid_t start(const struct setting *setting)
{
	pid_t pid = spawn(setting->below ? CLONE_NEWPID : NEW_NS);

	if (pid)
		return pid;
	if (!setting->below || !spawn(NEW_NS))
		be_first(setting);
	for (;;)
		pause();
}

static void check_known(const struct setting *setting)
{
	struct view view;

	view_take(&view);
	if (!ok(view.count == 1 && view.seen[0].adopted && view.seen[0].certain,
		"%s: the container is known", setting->name))
		view_show(&view);
	if (setting->tasks)
		ok(view.tasks == setting->tasks, "%s: with its tasks (%lld)",
		   setting->name, (long long)view.tasks);
}

/* Until either has come of it. */
static void attack(const struct setting *setting)
{
	int64_t limit = now_ms() + PATIENCE_MS;
	struct tally tally = {};

	board_set(&board->go, 1);
	while (!board_reaches(&board->rounds, 1, 10) && now_ms() < limit) {
		tally = guard_tally();
		if (tally.kills)
			break;
	}
	if (guard == GUARD_OFF) {
		ok(board->rounds, "%s: the host is reached", setting->name);
		return;
	}
	ok(!board->rounds, "%s: the host is not reached", setting->name);
	ok(tally.events == 1 && tally.kills == 1, "%s: who tries is killed (%lld)",
	   setting->name, (long long)tally.kills);
}

static void try(const struct setting *setting)
{
	pid_t pid;

	make_dir();
	pid = start(setting);
	if (!board_reaches(&board->ready, 1, PATIENCE_MS))
		bail("%s: it does not begin", setting->name);
	guard_start(guard);
	check_known(setting);
	attack(setting);
	if (!ok(!board->errors, "%s: it worked", setting->name))
		diag("%s", board->error);
	if (kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid)
		bail("end the container");
	ok(guard_stop(guard), "%s: the guard leaves", setting->name);
	board_unmap(board);
	run_shell("rm -r %s");
}

int main(int argc, char **argv)
{
	int host = open("/", O_RDONLY | O_DIRECTORY);
	size_t i;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	if (host < 0 || dup2(host, STRAY_FD) != STRAY_FD)
		bail("/");
	close(host);
	put_file("/" FIRST_SECRET, "", 0, 0644);
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		try(&settings[i]);
	unlink("/" FIRST_SECRET);
	return tap_done();
}
