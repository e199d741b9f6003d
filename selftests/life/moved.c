// SPDX-License-Identifier: GPL-2.0
/*
 * A child that has been made and does not run yet has the root that its parent had.
 * The parent's is another by a chroot() then, and a pivot_root() moves the child's
 * alone, whose maker waits for the page that its number goes to.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/inmate.h"
#include "common/page.h"

/* By a process whose root is its own. */
static int pivot(int root)
{
	return fchdir(root) || chroot(".") ||
	       syscall(SYS_pivot_root, "tmp/new", "tmp/new/old");
}

static bool pivots(int root)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(pivot(root));
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

/* Shares the parent's root. */
static _Noreturn void move(struct board *board, int root, int fd, size_t size)
{
	void *page = page_wanted(fd);

	if (!page || chroot("/tmp/away"))
		_exit(INMATE_BROKEN);
	if (!pivots(root))
		board_wrong(board, "pivot_root: %s", strerror(errno));
	_exit(page_give(fd, page, size) ? INMATE_BROKEN : 0);
}

int inmate_moved(struct board *board, const char *arg)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = page_watch(page, size), root = open("/", O_PATH | O_DIRECTORY);
	int status;
	pid_t mover, child;

	(void)arg;
	if (fd < 0 || root < 0 || mkdir("/tmp/away", 0755) || mkdir("/tmp/new", 0755) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/tmp/new", "tmpfs", 0, NULL) ||
	    mkdir("/tmp/new/old", 0755))
		return INMATE_BROKEN;
	mover = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!mover)
		move(board, root, fd, size);
	close(fd);
	child = syscall(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, NULL, page, NULL,
			NULL);
	if (!child)
		_exit(access("/old", F_OK));
	if (child < 0 || waitpid(child, &status, 0) != child)
		board_wrong(board, "clone: %s", strerror(errno));
	else if (status)
		board_wrong(board, "the child ended with %x", status);
	if (waitpid(mover, &status, 0) != mover || status)
		board_wrong(board, "the mover ended with %x", status);
	return board->errors ? 1 : 0;
}
