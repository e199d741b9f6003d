// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "attack/recipe.h"
#include "common/tap.h"
#include "common/util.h"

const char *const container_names[NR_CONTAINER_KINDS] = {
	"userns", "docker", "runc", "privileged", "nested", "entered",
};

/* What docker leaves to a container by default. */
static const int docker_caps[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL,
	CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_NET_BIND_SERVICE,
	CAP_NET_RAW, CAP_SYS_CHROOT, CAP_MKNOD, CAP_AUDIT_WRITE, CAP_SETFCAP,
};

/* Inside there is nobody to report to but the exit status. */
#define MUST(call) do { \
	if (call) { \
		perror(#call); \
		_exit(120); \
	} \
} while (0)

static void drop_caps(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t keep = 0;
	size_t i;
	int cap;

	for (i = 0; i < ARRAY_SIZE(docker_caps); i++)
		keep |= 1ULL << docker_caps[i];
	for (cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (!(keep >> cap & 1))
			MUST(prctl(PR_CAPBSET_DROP, cap));
	data[0].permitted = data[0].effective = keep;
	data[1].permitted = data[1].effective = keep >> 32;
	MUST(syscall(SYS_capset, &head, data));
}

static void bind_file(const char *from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	MUST(fd < 0);
	close(fd);
	MUST(mount(from, to, NULL, MS_BIND, NULL));
}

/* A copy: the set-uid bit shall not be on the host's. */
static void copy_set_uid(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	struct stat st;

	MUST(in < 0 || out < 0 || fstat(in, &st));
	while (st.st_size > 0) {
		ssize_t n = sendfile(out, in, NULL, st.st_size);

		MUST(n <= 0);
		st.st_size -= n;
	}
	MUST(fchmod(out, 04755));
	close(in);
	close(out);
}

static void build_root(const struct container *c)
{
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("tmpfs", c->root, "tmpfs", 0, "mode=755"));
	MUST(chdir(c->root));
	MUST(mkdir("dev", 0755) || mkdir("proc", 0755) || mkdir("sys", 0755) ||
	     mkdir("share", 0755) || mkdir("old", 0755) || mkdir("tmp", 01777));
	MUST(chmod("tmp", 01777));
	bind_file(c->program, "program");
	if (c->set_uid)
		copy_set_uid(c->program, SETUID_PATH + 1);
	bind_file("/dev/null", "dev/null");
	if (!access("/dev/nsguard_fixture", F_OK))
		bind_file("/dev/nsguard_fixture", "dev/nsguard_fixture");
	if (!access("/dev/nsguard_poke", F_OK))
		bind_file("/dev/nsguard_poke", "dev/nsguard_poke");
	MUST(mount(c->share, "share", NULL, MS_BIND, NULL));
	MUST(mount("proc", "proc", "proc", 0, NULL));
	MUST(syscall(SYS_pivot_root, ".", "old"));
	MUST(chdir("/"));
	MUST(umount2("old", MNT_DETACH));
	MUST(rmdir("old"));
}

/* Survives exec, as CVE-2024-21626's descriptor did. */
static void leak(const char *path, int number)
{
	int fd = open(path, O_RDONLY);

	MUST(fd < 0 || dup2(fd, number) != number);
	close(fd);
}

static void drops_caps(const struct container *c)
{
	if ((c->kind == CONTAINER_DOCKER || c->kind == CONTAINER_ENTERED) &&
	    !c->leaky)
		drop_caps();
}

static void execute(const struct container *c)
{
	char *const nest[] = { "/program", NEST, NULL };
	char *const stay[] = { "/program", STAY, NULL };

	execv("/program", c->kind == CONTAINER_NESTED ? nest :
			  c->kind == CONTAINER_ENTERED ? stay : c->argv);
	perror("/program");
	_exit(121);
}

static void inside(const struct container *c, int go, int ready)
{
	char byte;

	if (c->out >= 0)
		dup2(c->out, 1);
	MUST(read(go, &byte, 1) != 1);
	MUST(setresgid(0, 0, 0) || setresuid(0, 0, 0) || setgroups(0, NULL));
	/* Only here: the control group is the container's by now. */
	MUST(unshare(CLONE_NEWCGROUP));
	if (c->leaky) {
		leak("/proc/1/ns/net", LEAKED_NET);
		leak("/proc/1/ns/mnt", LEAKED_MNT);
		leak("/proc/1/root", LEAKED_DIR);
	}
	build_root(c);
	sethostname("container", 9);
	drops_caps(c);
	/* The second byte: everything is there but the program. */
	MUST(write(ready, "1", 1) != 1);
	MUST(read(go, &byte, 1) != 1);
	execute(c);
}

static void map_ids(pid_t pid)
{
	char path[64], map[64];

	snprintf(map, sizeof(map), "0 %d 65536", CONTAINER_ID_BASE);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	if (write_text(path, map))
		bail("%s", path);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	if (write_text(path, map))
		bail("%s", path);
}

static void hand_made_create(struct container *c)
{
	int flags = SIGCHLD | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS |
		    CLONE_NEWIPC;
	char path[128], number[16];
	int go[2], ready[2];

	if (mkdir(c->root, 0755) || mkdir(c->cgroup, 0755))
		bail("%s", c->cgroup);
	if (pipe2(go, O_CLOEXEC) || pipe2(ready, O_CLOEXEC))
		bail("pipe");
	if (!c->host_pid)
		flags |= CLONE_NEWPID;
	if (c->kind == CONTAINER_USERNS)
		flags |= CLONE_NEWUSER;
	fflush(NULL);
	c->pid = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
	if (c->pid < 0)
		bail("clone");
	if (!c->pid) {
		close(go[1]);
		inside(c, go[0], ready[1]);
	}
	close(go[0]);
	close(ready[1]);
	c->go = go[1];
	if (c->kind == CONTAINER_USERNS)
		map_ids(c->pid);
	snprintf(path, sizeof(path), "%s/cgroup.procs", c->cgroup);
	snprintf(number, sizeof(number), "%d", c->pid);
	if (write_text(path, number))
		bail("%s", path);
	if (write(c->go, "1", 1) != 1 || read(ready[0], number, 1) != 1)
		bail("the container could not be made");
	close(ready[0]);
}

void container_create(struct container *c)
{
	char word[9];

	random_word(word, 8);
	snprintf(c->id, sizeof(c->id), "container-%s", word);
	snprintf(c->root, sizeof(c->root), "/run/%s", c->id);
	snprintf(c->cgroup, sizeof(c->cgroup), "/sys/fs/cgroup/%s", c->id);
	if (c->kind == CONTAINER_RUNC)
		runc_create(c);
	else
		hand_made_create(c);
}

/* Until then what enters it would be its first. */
static void wait_for_program(const struct container *c)
{
	char path[64], name[32] = "";
	int64_t limit = now_ms() + 30000;

	snprintf(path, sizeof(path), "/proc/%d/comm", c->pid);
	while (strcmp(name, "program\n")) {
		if (read_text(path, name, sizeof(name)) < 0 || now_ms() > limit)
			bail("the container does not start");
		usleep(1000);
	}
}

static void join(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	MUST(fd < 0 || setns(fd, 0));
	close(fd);
}

/* As `docker exec` does it. */
static void enter(struct container *c)
{
	static const char *const names[] = {
		"cgroup", "ipc", "uts", "net", "pid", "mnt",
	};
	char path[128];
	int status;
	size_t i;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/cgroup.procs", c->cgroup);
	MUST(write_text(path, "0"));
	/* All at once would move the root before the last path was opened. */
	for (i = 0; i < ARRAY_SIZE(names); i++)
		join(c->pid, names[i]);
	pid = fork();
	if (!pid) {
		drops_caps(c);
		execv("/program", c->argv);
		_exit(121);
	}
	MUST(pid < 0 || waitpid(pid, &status, 0) != pid);
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				    WEXITSTATUS(status));
}

static void send_in(struct container *c)
{
	wait_for_program(c);
	fflush(NULL);
	c->guest = fork();
	if (c->guest < 0)
		bail("fork");
	if (!c->guest)
		enter(c);
}

void container_go(struct container *c)
{
	if (c->kind == CONTAINER_RUNC) {
		runc_go(c);
		return;
	}
	if (write(c->go, "2", 1) != 1)
		bail("start the container");
	close(c->go);
	if (c->kind == CONTAINER_ENTERED)
		send_in(c);
}

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			bail("wait for the container");
	return status;
}

int container_wait(struct container *c)
{
	int status;

	if (c->kind == CONTAINER_ENTERED) {
		status = wait_status(c->guest);
		kill(c->pid, SIGKILL);
		wait_status(c->pid);
	} else {
		status = wait_status(c->pid);
	}
	if (c->kind == CONTAINER_RUNC) {
		runc_delete(c);
		return status;
	}
	/* Its other processes die with the pid namespace, before its first. */
	if (rmdir(c->cgroup))
		diag("%s stays behind", c->cgroup);
	rmdir(c->root);
	return status;
}

unsigned int container_host_id(const struct container *c, unsigned int id)
{
	return c->kind == CONTAINER_USERNS ? CONTAINER_ID_BASE + id : id;
}
