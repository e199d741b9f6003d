// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "member.h"

/* A byte from the task; who sends it is told by the kernel. */
bool member_heard(struct member *member)
{
	char byte, control[CMSG_SPACE(sizeof(struct ucred))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head;
	struct ucred creds;

	if (recvmsg(member->fd, &msg, 0) != 1)
		return false;
	head = CMSG_FIRSTHDR(&msg);
	if (!head || head->cmsg_type != SCM_CREDENTIALS)
		bail("no credentials");
	memcpy(&creds, CMSG_DATA(head), sizeof(creds));
	member->pid = creds.pid;
	return true;
}

void member_begin(struct member *member, void (*go)(const void *),
		  const void *arg)
{
	int one = 1, pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) ||
	    setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)))
		bail("socketpair");
	fflush(NULL);
	member->child = fork();
	if (member->child < 0)
		bail("fork");
	if (!member->child) {
		char self[16];

		snprintf(self, sizeof(self), "%d", getpid());
		if (names.cgroup[0] &&
		    write_text(names.cgroup, self))
			_exit(99);
		/* Nobody else's end of a socket is kept open by this one. */
		if (pair[1] == 3 ? fcntl(3, F_SETFD, 0) : dup2(pair[1], 3) != 3)
			_exit(98);
		close_range(4, ~0U, 0);
		go(arg);
		perror("the case went wrong");
		_exit(97);
	}
	close(pair[1]);
	member->fd = pair[0];
}

void member_start(struct member *member, void (*go)(const void *),
		  const void *arg)
{
	member_begin(member, go, arg);
	if (!member_heard(member)) {
		int status = member_end(member);

		bail("the case could not be made: status %x", status);
	}
}

bool member_answers(struct member *member)
{
	return write(member->fd, "?", 1) == 1 && member_heard(member);
}

int member_end(struct member *member)
{
	int status;

	shutdown(member->fd, SHUT_WR);
	if (waitpid(member->child, &status, 0) != member->child)
		bail("wait");
	close(member->fd);
	return status;
}

static void shell(const void *command)
{
	execl("/bin/sh", "sh", "-c", command, NULL);
}

void member_run(struct member *member, const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	member_start(member, shell, command);
}

static bool starts(const struct seen *new, int count, bool certain,
		   const struct member *member, int64_t tasks)
{
	return count == 1 && new->certain == certain && tasks == 1 &&
	       new->tasks == 1 && !new->events &&
	       new->mnt_ns == (int64_t)ns_inode(member->pid, "mnt") &&
	       new->pid_ns == (int64_t)ns_inode(member->pid, "pid") &&
	       new->user_ns == (int64_t)ns_inode(member->pid, "user");
}

static bool enters(const struct view *before, const struct view *after,
		   int64_t id)
{
	const struct seen *then = view_find(before, id);
	const struct seen *now = view_find(after, id);

	return then && now && now->tasks == then->tasks + 1;
}

int64_t expect(const char *what, enum verdict verdict,
	       const struct view *before, const struct member *member,
	       int64_t id)
{
	static const char *const words[] = {
		"is no container", "starts one, ambiguous", "starts one",
		"enters the container",
	};
	const struct seen *new;
	struct view after;
	int64_t tasks;
	bool good;
	int count;

	view_take(&after);
	new = view_new(before, &after, &count);
	tasks = after.tasks - before->tasks;
	if (verdict == NONE)
		good = !count && !tasks;
	else if (verdict == ENTERS)
		good = !count && tasks == 1 && enters(before, &after, id);
	else
		good = starts(new, count, verdict == CERTAIN, member, tasks);
	if (!ok(good, "%s: %s", what, words[verdict])) {
		diag("before:");
		view_show(before);
		diag("with task %d:", member->pid);
		view_show(&after);
	}
	return new ? new->id : 0;
}

void expect_run(const char *what, enum verdict verdict, int64_t id,
		const char *command)
{
	struct view before, after;
	struct member member;

	view_take(&before);
	member_run(&member, "%s", command);
	expect(what, verdict, &before, &member, id);
	ok(!member_end(&member), "%s: ends well", what);
	view_take(&after);
	if (!ok(after.tasks == before.tasks, "%s: is gone", what))
		view_show(&after);
}
