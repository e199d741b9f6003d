// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/act.h"
#include "common/ring.h"

/* A file for each use; see witness.c. */
static const char *const names[NR_USES] = {
	[USE_READ] = "secret", [USE_CREATE] = "mark", [USE_MKDIR] = "dir",
	[USE_UNLINK] = "gone", [USE_RENAME] = "from", [USE_TRUNCATE] = "long",
	[USE_CHMOD] = "mode", [USE_MKNOD] = "node",
};

static int result(bool good)
{
	return good ? 0 : ATTACKER_REFUSED;
}

void act_path(const struct recipe *recipe, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", recipe->dir, names[recipe->use]);
}

static bool write_to(int fd, const void *data, ssize_t len)
{
	return write(fd, data, len) == len;
}

static bool read_secret(const char *path)
{
	char secret[128];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	n = fd < 0 ? -1 : read(fd, secret, sizeof(secret));
	return n > 0 && write_to(LOOT_FD, secret, n);
}

static bool create(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	return fd >= 0 && write_to(fd, text, strlen(text));
}

int act_on(const struct recipe *recipe, const char *path)
{
	switch (recipe->use) {
	case USE_READ:
		return result(read_secret(path));
	case USE_CREATE:
		return result(create(path, recipe->text));
	case USE_MKDIR:
		return result(!mkdir(path, 0755));
	case USE_UNLINK:
		return result(!unlink(path));
	case USE_TRUNCATE:
		return result(!truncate(path, 0));
	case USE_CHMOD:
		return result(!chmod(path, 0777));
	case USE_MKNOD:
		return result(!mknod(path, S_IFCHR | 0666, makedev(1, 5)));
	}
	return ATTACKER_BROKEN;
}

static bool rename_in(const struct recipe *recipe)
{
	char from[160], to[160];

	act_path(recipe, from, sizeof(from));
	snprintf(to, sizeof(to), "%s/to", recipe->dir);
	return !rename(from, to);
}

/* What lies in /share of the container. */
static const char *shared(const struct recipe *recipe, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", recipe->share, name);
	return path;
}

static bool mount_disk(const struct recipe *recipe)
{
	char disk[128], path[256];

	snprintf(disk, sizeof(disk), "%s/disk", recipe->share);
	if (mount(disk, shared(recipe, "point"), "ext4", 0, NULL))
		return false;
	snprintf(path, sizeof(path), "%s/point%s/mark", recipe->share,
		 recipe->far);
	return create(path, recipe->text);
}

static bool make_cgroup(const struct recipe *recipe)
{
	char path[256];

	if (mount("none", shared(recipe, "point"), "cgroup2", 0, NULL))
		return false;
	snprintf(path, sizeof(path), "%s/point/%s", recipe->share,
		 recipe->word);
	return !mkdir(path, 0755);
}

static bool load_module(const struct recipe *recipe)
{
	int fd = open(shared(recipe, "module.ko"), O_RDONLY | O_CLOEXEC);

	return fd >= 0 && !syscall(SYS_finit_module, fd, "", 0);
}

static bool hand_over(int fd, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char data = 0, control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memccpy(to.sun_path, path, '\0', sizeof(to.sun_path));
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return s >= 0 && sendmsg(s, &msg, 0) == 1;
}

static bool make_map(const struct recipe *recipe)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};
	int fd;

	memcpy(attr.map_name, recipe->word, sizeof(attr.map_name) - 1);
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	return fd >= 0 && hand_over(fd, shared(recipe, "door"));
}

static bool send_to_abstract(const struct recipe *recipe)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(recipe->word);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path + 1, recipe->word, len);
	return sendto(fd, recipe->text, strlen(recipe->text), 0,
		      (struct sockaddr *)&to,
		      offsetof(struct sockaddr_un, sun_path) + 1 + len) > 0;
}

static bool reach_loopback(const struct recipe *recipe, int type)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(recipe->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (type == SOCK_STREAM)
		return !connect(fd, (struct sockaddr *)&to, sizeof(to));
	return sendto(fd, recipe->text, strlen(recipe->text), 0,
		      (struct sockaddr *)&to, sizeof(to)) > 0;
}

static bool write_memory(const struct recipe *recipe)
{
	int id = shmget(recipe->key, 0, 0);
	char *at = id < 0 ? (char *)-1 : shmat(id, NULL, 0);

	if (at == (char *)-1)
		return false;
	strcpy(at, recipe->text);
	return true;
}

static bool poke(const struct recipe *recipe)
{
	uint64_t word = 0;
	struct iovec from = { &word, sizeof(word) };
	struct iovec to = { (void *)recipe->address, sizeof(word) };

	return process_vm_writev(recipe->victim, &from, 1, &to, 1, 0) ==
	       sizeof(word);
}

pid_t act_fork(void)
{
	pid_t self = getpid();
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	/* Not the library's, which takes nothing for the child's own. */
	pid = syscall(SYS_fork);
	return !pid && getpid() == self ? self : pid;
}

void act_wait(void)
{
	while (waitpid(-1, NULL, 0) >= 0)
		;
}

/* Children are in the namespace that their parent has for them. */
static bool by_child(const struct recipe *recipe)
{
	pid_t pid = act_fork();

	if (!pid)
		_exit(!(recipe->use == USE_KILL ?
			!kill(recipe->victim, SIGTERM) : poke(recipe)));
	act_wait();
	return pid > 0;
}

int act(const struct recipe *recipe)
{
	char path[160];

	switch (recipe->use) {
	case USE_RENAME:
		return result(rename_in(recipe));
	case USE_MOUNT:
		return result(mount_disk(recipe));
	case USE_OVERMOUNT:
		return result(!mount("none", shared(recipe, "point"), "tmpfs",
				     0, NULL));
	case USE_MODULE:
		return result(load_module(recipe));
	case USE_BPF:
		return result(make_map(recipe));
	case USE_HOSTNAME:
		return result(!sethostname(recipe->word, strlen(recipe->word)));
	case USE_CGROUP:
		return result(make_cgroup(recipe));
	case USE_ABSTRACT:
		return result(send_to_abstract(recipe));
	case USE_LOOPBACK:
		return result(reach_loopback(recipe, SOCK_STREAM));
	case USE_DATAGRAM:
		return result(reach_loopback(recipe, SOCK_DGRAM));
	case USE_IPC:
		return result(write_memory(recipe));
	case USE_KILL:
	case USE_PTRACE:
		return result(by_child(recipe));
	case USE_WORK:
		return result(create(shared(recipe, "out/work"), recipe->text));
	case USE_NONE:
		return 0;
	}
	act_path(recipe, path, sizeof(path));
	return act_on(recipe, path);
}

static int request(struct ring *ring, int opcode, int fd, const void *at,
		   int len, int flags)
{
	struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = fd,
		.addr = (unsigned long)at,
		.len = len,
		.open_flags = flags,
	};

	return ring_do(ring, &sqe);
}

static bool read_by_ring(struct ring *ring, const char *path)
{
	char secret[128];
	int n, fd = request(ring, IORING_OP_OPENAT, AT_FDCWD, path, 0,
			    O_RDONLY);

	if (fd < 0)
		return false;
	n = request(ring, IORING_OP_READ, fd, secret, sizeof(secret), 0);
	return n > 0 &&
	       request(ring, IORING_OP_WRITE, LOOT_FD, secret, n, 0) == n;
}

static bool create_by_ring(struct ring *ring, const char *path,
			   const char *text)
{
	int len = strlen(text);
	int fd = request(ring, IORING_OP_OPENAT, AT_FDCWD, path, 0644,
			 O_WRONLY | O_CREAT);

	return fd >= 0 &&
	       request(ring, IORING_OP_WRITE, fd, text, len, 0) == len;
}

static bool rename_by_ring(const struct recipe *recipe, struct ring *ring,
			   const char *path)
{
	char to[160];
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_RENAMEAT,
		.fd = AT_FDCWD,
		.addr = (unsigned long)path,
		.len = AT_FDCWD,
		.addr2 = (unsigned long)to,
	};

	snprintf(to, sizeof(to), "%s/to", recipe->dir);
	return !ring_do(ring, &sqe);
}

int act_by_ring(const struct recipe *recipe, struct ring *ring)
{
	char path[160];

	act_path(recipe, path, sizeof(path));
	switch (recipe->use) {
	case USE_READ:
		return result(read_by_ring(ring, path));
	case USE_CREATE:
		return result(create_by_ring(ring, path, recipe->text));
	case USE_MKDIR:
		return result(!request(ring, IORING_OP_MKDIRAT, AT_FDCWD, path,
				       0755, 0));
	case USE_UNLINK:
		return result(!request(ring, IORING_OP_UNLINKAT, AT_FDCWD,
				       path, 0, 0));
	case USE_RENAME:
		return result(rename_by_ring(recipe, ring, path));
	}
	return ATTACKER_BROKEN;
}
