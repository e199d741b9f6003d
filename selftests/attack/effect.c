// SPDX-License-Identifier: GPL-2.0
/*
 * What the witness sees of each use.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/witness.h"
#include "common/tap.h"
#include "common/util.h"

#define NOTHING_LOADED	"/sys/module/nsguard_nothing"

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

static bool holds(const char *path, const char *text)
{
	char got[128];

	return read_text(path, got, sizeof(got)) >= 0 && !strcmp(got, text);
}

static bool stat_is(const char *path, mode_t mask, mode_t mode)
{
	struct stat st;

	return !stat(path, &st) && (st.st_mode & mask) == mode;
}

static bool heard(struct witness *w)
{
	char got[128];
	ssize_t n = recv(w->socket, got, sizeof(got), 0);

	return n == (ssize_t)strlen(w->text) && !memcmp(got, w->text, n);
}

static bool connected(struct witness *w)
{
	int fd = accept4(w->socket, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool map_is_named(int fd, const char *name)
{
	struct bpf_map_info info = {};
	union bpf_attr attr = {
		.info.bpf_fd = fd,
		.info.info_len = sizeof(info),
		.info.info = (unsigned long)&info,
	};

	return !syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) &&
	       !strncmp(info.name, name, sizeof(info.name) - 1);
}

static bool got_map(struct witness *w)
{
	char data, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head;
	bool good;
	int fd;

	if (recvmsg(w->socket, &msg, MSG_CMSG_CLOEXEC) != 1)
		return false;
	head = CMSG_FIRSTHDR(&msg);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	good = map_is_named(fd, w->word);
	close(fd);
	return good;
}

static bool memory_written(const struct witness *w)
{
	char *at = shmat(w->memory, NULL, SHM_RDONLY);
	bool written = at != (char *)-1 && !strcmp(at, w->text);

	if (at != (char *)-1)
		shmdt(at);
	return written;
}

static bool victim_died(struct witness *w)
{
	if (waitpid(w->victim, NULL, WNOHANG) != w->victim)
		return false;
	w->victim = 0;
	return true;
}

static bool victim_changed(const struct witness *w)
{
	uint64_t word = 0;
	struct iovec to = { &word, sizeof(word) };
	struct iovec from = { (void *)&witness_word, sizeof(word) };

	if (process_vm_readv(w->victim, &to, 1, &from, 1, 0) != sizeof(word))
		bail("look at the victim");
	return word != WITNESS_WORD_BEFORE;
}

static bool is_other_device(const char *path, const char *than)
{
	struct stat a, b;

	if (stat(path, &a) || stat(than, &b))
		bail("%s", path);
	return a.st_dev != b.st_dev;
}

static bool hostname_is(const char *word)
{
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	return !strcmp(name, word);
}

bool witness_saw(struct witness *w)
{
	switch (w->use) {
	case USE_READ:
		return holds(witness_below(w, "share/out/loot"), w->secret);
	case USE_CREATE:
		/* An empty file is an effect, too: it was created. */
		return exists(w->mark);
	case USE_MKDIR:
		return exists(witness_in_place(w, "dir"));
	case USE_UNLINK:
		return !exists(witness_in_place(w, "gone"));
	case USE_RENAME:
		return exists(witness_in_place(w, "to"));
	case USE_TRUNCATE:
		return !holds(witness_in_place(w, "long"), w->text);
	case USE_CHMOD:
		return stat_is(witness_in_place(w, "mode"), 07777, 0777);
	case USE_MKNOD:
		return stat_is(witness_in_place(w, "node"), S_IFMT, S_IFCHR);
	case USE_MOUNT:
		return exists(witness_below(w, "far/mark"));
	case USE_OVERMOUNT:
		return is_other_device(witness_below(w, "share/point"), w->dir);
	case USE_MODULE:
		return exists(NOTHING_LOADED);
	case USE_BPF:
		return got_map(w);
	case USE_HOSTNAME:
		return hostname_is(w->word);
	case USE_CGROUP:
		return exists(witness_cgroup(w));
	case USE_IPC:
		return memory_written(w);
	case USE_LOOPBACK:
		return connected(w);
	case USE_DATAGRAM:
	case USE_ABSTRACT:
		return heard(w);
	case USE_KILL:
		return victim_died(w);
	case USE_PTRACE:
		return victim_changed(w);
	case USE_WORK:
		return exists(witness_below(w, "share/out/work"));
	default:
		return false;
	}
}

bool witness_saw_act(const struct witness *w)
{
	return exists(w->mark);
}

/* What is one file, or none; the disk's root is /host. */
void witness_expect(const struct witness *w, bool effect)
{
	const char *path = w->mark, *content = NULL;
	bool present = effect;

	switch (w->use) {
	case USE_READ:
		/* Without an effect it is there, and empty. */
		if (!effect)
			return;
		path = witness_below(w, "share/out/loot");
		content = w->secret;
		break;
	case USE_CREATE:
		content = effect ? w->text : NULL;
		break;
	case USE_NONE:
		break;
	case USE_MKDIR:
		path = witness_in_place(w, "dir");
		break;
	case USE_UNLINK:
		path = witness_in_place(w, "gone");
		present = !effect;
		break;
	case USE_RENAME:
		path = witness_in_place(w, "to");
		break;
	case USE_MKNOD:
		path = witness_in_place(w, "node");
		break;
	case USE_MOUNT:
		path = witness_below(w, "far/mark");
		break;
	default:
		return;
	}
	disk_expect(path + strlen("/host"), present, content);
}
