// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/witness.h"
#include "common/tap.h"
#include "common/util.h"

#define NOTHING_MODULE	"/nsguard/nsguard_nothing.ko"

volatile uint64_t witness_word;

static void make_dir(const char *path, mode_t mode)
{
	if (mkdir(path, mode) || chmod(path, mode))
		bail("%s", path);
}

const char *witness_below(const struct witness *w, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return path;
}

const char *witness_in_place(const struct witness *w, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", w->place, name);
	return path;
}

const char *witness_cgroup(const struct witness *w)
{
	static char path[128];

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s", w->word);
	return path;
}

void witness_start(struct witness *w)
{
	memset(w, 0, sizeof(*w));
	w->socket = -1;
	w->memory = -1;
	random_word(w->word, sizeof(w->word) - 1);
	random_word(w->secret, sizeof(w->secret) - 1);
	random_word(w->text, sizeof(w->text) - 1);
	w->owner = random_between(2000000, 2000000000);

	snprintf(w->dir, sizeof(w->dir), "/host/%s", w->word);
	make_dir(w->dir, 0755);
	snprintf(w->share, sizeof(w->share), "%s/share", w->dir);
	make_dir(w->share, 0755);
	make_dir(witness_below(w, "share/out"), 0777);
	make_dir(witness_below(w, "share/point"), 0777);
	make_dir(witness_below(w, "far"), 0777);
}

/* Both ends of the tree are the place's user's, or group's. */
static void make_place(struct witness *w, enum place place, unsigned int uid)
{
	static const struct {
		const char *name;
		mode_t dir, file;
	} places[NR_PLACES] = {
		[PLACE_OWNER] = { "share/owned", 0700, 0600 },
		[PLACE_GROUP] = { "share/group", 0770, 0660 },
		[PLACE_BARRED] = { "share/barred", 0707, 0606 },
		[PLACE_HOST] = { "open", 0777, 0600 },
		[PLACE_SHUT] = { "shut", 0700, 0600 },
	};
	static const char *const files[] = { "gone", "from", "long", "mode" };
	bool grouped = place == PLACE_GROUP || place == PLACE_BARRED;
	size_t i;

	if (place != PLACE_HOST)
		uid = grouped ? 0 : w->owner;
	snprintf(w->place, sizeof(w->place), "%s/%s", w->dir,
		 places[place].name);
	make_dir(w->place, places[place].dir);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		put_file(witness_in_place(w, files[i]), w->text, strlen(w->text),
			 places[place].file);
		if (chown(witness_in_place(w, files[i]), uid, grouped ? w->owner : uid))
			bail("%s", witness_in_place(w, files[i]));
	}
	put_file(witness_in_place(w, "secret"), w->secret, strlen(w->secret),
		 places[place].file);
	if (chown(witness_in_place(w, "secret"), uid, grouped ? w->owner : uid) ||
	    chown(w->place, uid, grouped ? w->owner : uid))
		bail("%s", w->place);
	snprintf(w->mark, sizeof(w->mark), "%s/mark", w->place);
}

static void listen_abstract(struct witness *w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	w->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   0);
	strcpy(at.sun_path + 1, w->word);
	if (bind(w->socket, (struct sockaddr *)&at,
		 offsetof(struct sockaddr_un, sun_path) + 1 + strlen(w->word)))
		bail("bind the abstract socket");
}

/* Where a map can be handed to the host. */
static void listen_at_door(struct witness *w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	w->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/door", w->share);
	if (bind(w->socket, (struct sockaddr *)&at, sizeof(at)) ||
	    chmod(at.sun_path, 0777))
		bail("%s", at.sun_path);
}

static void raise_loopback(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		bail("raise the loopback interface");
	close(fd);
}

static void listen_inet(struct witness *w, int type, struct recipe *recipe)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);

	raise_loopback();
	w->socket = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->socket < 0 || bind(w->socket, (struct sockaddr *)&at, len) ||
	    (type == SOCK_STREAM && listen(w->socket, 4)) ||
	    getsockname(w->socket, (struct sockaddr *)&at, &len))
		bail("listen on the loopback interface");
	recipe->port = ntohs(at.sin_port);
}

static void share_memory(struct witness *w, struct recipe *recipe)
{
	do {
		recipe->key = random_u64() & 0x7fffffff;
		w->memory = shmget(recipe->key, 4096,
				   IPC_CREAT | IPC_EXCL | 0666);
	} while (!recipe->key);
	if (w->memory < 0)
		bail("shared memory");
}

/* Of the attacker's own user, so that nothing but the namespace is between. */
static void start_victim(struct witness *w, struct recipe *recipe,
			 unsigned int uid)
{
	int ready[2];
	char byte;

	/* Where there is that restriction, it is the container's as well. */
	write_text("/proc/sys/kernel/yama/ptrace_scope", "0");
	witness_word = WITNESS_WORD_BEFORE;
	if (pipe2(ready, O_CLOEXEC))
		bail("pipe");
	w->victim = fork();
	if (w->victim < 0)
		bail("fork");
	if (!w->victim) {
		if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ||
		    prctl(PR_SET_DUMPABLE, 1) ||
		    prctl(PR_SET_PDEATHSIG, SIGKILL) ||
		    write(ready[1], "1", 1) != 1)
			_exit(1);
		while (1)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail("the victim could not be made");
	close(ready[0]);
	recipe->victim = w->victim;
	recipe->address = (unsigned long)&witness_word;
}

static void copy_file(const char *from, const char *to)
{
	static char data[1 << 20];
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, data, sizeof(data));

	if (fd < 0 || n <= 0 || n == sizeof(data))
		bail("%s", from);
	close(fd);
	put_file(to, data, n, 0644);
}

static void make_disk_node(const struct witness *w)
{
	struct stat host;

	if (stat("/host", &host) ||
	    mknod(witness_below(w, "share/disk"), S_IFBLK | 0600, host.st_dev))
		bail("a node of the host's disk");
}

static void arrange(struct witness *w, struct recipe *recipe, unsigned int uid)
{
	switch (recipe->use) {
	case USE_MOUNT:
		make_disk_node(w);
		break;
	case USE_MODULE:
		copy_file(NOTHING_MODULE, witness_below(w, "share/module.ko"));
		break;
	case USE_BPF:
		listen_at_door(w);
		break;
	case USE_ABSTRACT:
		listen_abstract(w);
		break;
	case USE_LOOPBACK:
		listen_inet(w, SOCK_STREAM, recipe);
		break;
	case USE_DATAGRAM:
		listen_inet(w, SOCK_DGRAM, recipe);
		break;
	case USE_IPC:
		share_memory(w, recipe);
		break;
	case USE_KILL:
	case USE_PTRACE:
		start_victim(w, recipe, uid);
		break;
	}
}

static bool moves_root(const struct recipe *recipe)
{
	return recipe->place == PLACE_HOST || recipe->place == PLACE_SHUT;
}

void witness_tell(struct witness *w, struct recipe *recipe, unsigned int uid)
{
	/* Without its first letter the path is a relative one. */
	bool relative = recipe->fchdir ||
			recipe->shot.prim == FIXTURE_FS_PWD;

	w->use = recipe->use;
	make_place(w, recipe->place, uid);
	arrange(w, recipe, uid);
	if (moves_root(recipe)) {
		snprintf(recipe->share, sizeof(recipe->share), "%s",
			 w->share + relative);
		snprintf(recipe->dir, sizeof(recipe->dir), "%s",
			 w->place + relative);
	} else {
		strcpy(recipe->share, "/share");
		snprintf(recipe->dir, sizeof(recipe->dir), "/share%s",
			 w->place + strlen(w->share));
	}
	snprintf(recipe->far, sizeof(recipe->far), "%s/far",
		 w->dir + strlen("/host"));
	snprintf(recipe->word, sizeof(recipe->word), "%s", w->word);
	snprintf(recipe->text, sizeof(recipe->text), "%s", w->text);
	snprintf(recipe->shot.act_text, sizeof(recipe->shot.act_text), "%s",
		 w->text);
	snprintf(recipe->shot.act_path, sizeof(recipe->shot.act_path),
		 "%s/mark", recipe->dir);
	/* The shot acts, and nobody else. */
	if (recipe->shot.flags & FIXTURE_F_ACT) {
		recipe->shot.act_port = recipe->port;
		recipe->use = USE_NONE;
	}
	put_file(witness_below(w, "share/recipe"), recipe, sizeof(*recipe), 0644);
}

void witness_stop(struct witness *w)
{
	if (w->socket >= 0)
		close(w->socket);
	if (w->memory >= 0)
		shmctl(w->memory, IPC_RMID, NULL);
	if (w->victim) {
		kill(w->victim, SIGKILL);
		waitpid(w->victim, NULL, 0);
	}
	while (!umount2(witness_below(w, "share/point"), MNT_DETACH))
		;
	switch (w->use) {
	case USE_MODULE:
		syscall(SYS_delete_module, "nsguard_nothing", 0);
		break;
	case USE_CGROUP:
		rmdir(witness_cgroup(w));
		break;
	case USE_HOSTNAME:
		sethostname("nsguard-guest", 13);
		break;
	default:
		break;
	}
	unlink(witness_below(w, "share/recipe"));
	unlink(witness_below(w, "share/module.ko"));
}
