// SPDX-License-Identifier: GPL-2.0
/*
 * First process of a test guest.
 *
 * It runs twice: as /init of the initramfs it loads the disk's modules,
 * mounts the root image and moves there (pid 1's root has to be a real mount
 * that pivot_root accepts); as /sbin/init of the image it runs the tests of
 * /run/run.conf and powers off. A root that is a system of its own ("system" in
 * run.conf) has its own init and runs the tests itself.
 *
 * Everything the host judges goes to the second serial port, line by line, so
 * that nothing printed on the console can be taken for a result and a guest
 * that hangs or dies is missing its END:
 *
 *	GUEST <release>		the guest is up
 *	BEGIN <name>		a test starts
 *	| <line>		its standard output (TAP)
 *	! <line>		its standard error
 *	EXIT <name> <status> <ms>	exit status, "signal N" or "timeout"
 *	LEAK <line>		what kmemleak found
 *	TAINT <number>		/proc/sys/kernel/tainted
 *	END
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "program.h"
#include "util.h"

#define CONF		"/run/run.conf"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

static void mount_at(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data, int must)
{
	mkdir(target, 0755);
	if (mount(source, target, type, flags, data) && must && errno != EBUSY)
		die(target);
}

/* Inserts the modules named in /modules.list, in its order. */
static void load_modules(void)
{
	char *list = read_file("/modules.list");
	char *name, path[256];

	for (name = strtok(list, "\n"); name; name = strtok(NULL, "\n")) {
		int fd;

		snprintf(path, sizeof(path), "/modules/%s", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die(path);
		if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
			die(path);
		close(fd);
	}
	free(list);
}

/* A disk appears when its driver has probed it, which nobody waits for. */
static void wait_for_disk(const char *path)
{
	long long limit = now_ms() + 30000;

	while (access(path, F_OK)) {
		if (now_ms() > limit)
			die(path);
		sleep_ms(10);
	}
}

/* The rest of the first line of run.conf that begins with this word, or NULL. */
static char *conf_word(const char *conf, const char *word)
{
	size_t len = strlen(word);

	for (; conf && *conf; conf = strchr(conf, '\n')) {
		conf += *conf == '\n';
		if (!strncmp(conf, word, len) &&
		    (conf[len] == ' ' || conf[len] == '\n'))
			return strndup(conf + len, strcspn(conf + len, "\n"));
	}
	return NULL;
}

/*
 * What is built for the other guests comes along as a third disk, and the
 * module is loaded before the system's first process is.
 */
static void prepare_system(const char *conf)
{
	char *parameters = conf_word(conf, "load");
	int fd;

	wait_for_disk("/root/dev/vdc");
	mount_at("/root/dev/vdc", "/root/run/nsguard", "ext4", MS_RDONLY, NULL,
		 1);
	if (!parameters)
		return;
	mount_at("proc", "/proc", "proc", 0, NULL, 1);
	fd = open("/root/run/nsguard/nsguard/nsguard.ko", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		die("nsguard.ko");
	close(fd);
	free(parameters);
	if (mount("/proc", "/root/proc", NULL, MS_MOVE, NULL))
		die("move /proc");
}

static int stage_initramfs(void)
{
	char *conf;

	mount_at("devtmpfs", "/dev", "devtmpfs", 0, NULL, 1);
	open_report();
	load_modules();
	conf = read_file("/run.conf");
	if (!conf)
		die("/run.conf");

	wait_for_disk("/dev/vda");
	mount_at("/dev/vda", "/root", "ext4", MS_NOATIME, NULL, 1);
	mount_at("tmpfs", "/root/run", "tmpfs", 0, "mode=755", 1);
	if (mount("/dev", "/root/dev", NULL, MS_MOVE, NULL))
		die("move /dev");
	if (chdir("/root"))
		die("/root");
	write_file("run/run.conf", conf);
	if (conf_word(conf, "system"))
		prepare_system(conf);
	if (mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		die("switch root");
	execl("/sbin/init", "init", NULL);
	die("/sbin/init");
	return 1;
}

static void mount_all(void)
{
	mount_at("proc", "/proc", "proc", 0, NULL, 1);
	mount_at("sysfs", "/sys", "sysfs", 0, NULL, 1);
	mount_at("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL, 0);
	mount_at("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL, 0);
	mount_at("securityfs", "/sys/kernel/security", "securityfs", 0, NULL, 0);
	mount_at("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL, 1);
	mount_at("devpts", "/dev/pts", "devpts", 0, "mode=620,ptmxmode=666", 0);
	mount_at("tmpfs", "/dev/shm", "tmpfs", 0, NULL, 0);
	mount_at("mqueue", "/dev/mqueue", "mqueue", 0, NULL, 0);
	mount_at("tmpfs", "/tmp", "tmpfs", 0, "mode=1777", 1);
	wait_for_disk("/dev/vdb");
	mount_at("/dev/vdb", "/host", "ext4", MS_NOATIME, NULL, 1);
	if (symlink("/proc/self/fd", "/dev/fd") && errno != EEXIST)
		die("/dev/fd");
	sethostname("nsguard-guest", 13);
	write_file("/sys/fs/cgroup/cgroup.subtree_control",
		   "+pids +memory");
}

/*
 * kmemleak reports only objects older than five seconds, and a pointer which
 * the first scan happens not to see is often found by a second one.
 */
static void report_leaks(void)
{
	char *found, *line;

	if (access(KMEMLEAK, F_OK))
		return;
	sleep_ms(6000);
	write_file(KMEMLEAK, "scan");
	found = read_file(KMEMLEAK);
	if (found && *found) {
		free(found);
		write_file(KMEMLEAK, "scan");
		found = read_file(KMEMLEAK);
	}
	for (line = strtok(found, "\n"); line; line = strtok(NULL, "\n"))
		report("LEAK %s", line);
	free(found);
}

static void report_taint(void)
{
	char *taint = read_file("/proc/sys/kernel/tainted");

	report("TAINT %d", taint ? atoi(taint) : -1);
	free(taint);
}

/*
 * run.conf: "settle SECONDS" waits until the guest is that old (its clock is
 * not calibrated before), "test SECONDS NAME COMMAND..." runs one test.
 */
static void run_line(char *line)
{
	char name[256];
	int seconds, used = 0;

	if (sscanf(line, "settle %d", &seconds) == 1) {
		while (now_ms() < seconds * 1000LL)
			sleep_ms(50);
	} else if (sscanf(line, "test %d %255s %n", &seconds, name, &used) == 2 &&
		   used) {
		run_test(name, seconds, line + used);
	} else if (*line) {
		report("FATAL run.conf: %s", line);
	}
}

static int stage_root(void)
{
	struct utsname uts;
	char *conf, *line, *next;

	open_report();
	mount_all();
	uname(&uts);
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "dumb", 1);
	report("GUEST %s", uts.release);
	write_file(KMEMLEAK, "scan=off");
	write_file(KMEMLEAK, "clear");

	conf = read_file(CONF);
	if (!conf)
		die(CONF);
	for (line = conf; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		run_line(line);
	}
	report_leaks();
	report_taint();
	sync();
	/* A test may have left something mounted below; the data is synced. */
	if (umount2("/host", 0))
		mount(NULL, "/host", NULL, MS_REMOUNT | MS_RDONLY, NULL);
	report("END");
	power_off();
	return 0;
}

int main(void)
{
	if (getpid() != 1) {
		fprintf(stderr, "init: to be run as the first process\n");
		return 1;
	}
	umask(022);
	/* Only the initramfs has this file. */
	if (!access("/run.conf", F_OK))
		return stage_initramfs();
	return stage_root();
}
