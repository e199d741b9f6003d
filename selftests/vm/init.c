// SPDX-License-Identifier: GPL-2.0
/*
 * First process of a test guest.
 *
 * It runs twice: as /init of the initramfs it loads the disk's modules,
 * mounts the root image and moves there (pid 1's root has to be a real mount
 * that pivot_root accepts); as /sbin/init of the image it runs the tests of
 * /run/run.conf and powers off.
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
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CONF		"/run/run.conf"
#define TEST_DIR	"/nsguard/tests"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

static int report_fd = -1;
static int kmsg_fd = -1;

static void write_all(int fd, const char *buf, size_t len)
{
	while (fd >= 0 && len) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			buf += n;
			len -= n;
		}
	}
}

__attribute__((format(printf, 1, 2)))
static void report(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	write_all(report_fd, line, len);
}

/* Puts the tests' places into the kernel log, to date its warnings by. */
__attribute__((format(printf, 1, 2)))
static void note(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	write_all(kmsg_fd, line, len);
}

static void power_off(void)
{
	sync();
	if (report_fd >= 0)
		tcdrain(report_fd);
	/* The emulator ends instead; unlike power-off this needs no ACPI. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void die(const char *what)
{
	int error = errno;

	note("<3>guest init: %s: %s", what, strerror(error));
	report("FATAL %s: %s", what, strerror(error));
	power_off();
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

static void mount_at(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data, int must)
{
	mkdir(target, 0755);
	if (mount(source, target, type, flags, data) && must && errno != EBUSY)
		die(target);
}

static char *read_file(const char *path)
{
	size_t size = 0, room = 65536;
	char *buf = malloc(room);
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !buf) {
		free(buf);
		return NULL;
	}
	while ((n = read(fd, buf + size, room - size - 1)) > 0) {
		size += n;
		if (size == room - 1) {
			room *= 2;
			buf = realloc(buf, room);
			if (!buf)
				die("out of memory");
		}
	}
	close(fd);
	buf[size] = '\0';
	return buf;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	write_all(fd, text, strlen(text));
	if (fd >= 0)
		close(fd);
}

static void open_report(void)
{
	struct termios tio;

	report_fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (report_fd < 0)
		die("/dev/ttyS1");
	if (!tcgetattr(report_fd, &tio)) {
		cfmakeraw(&tio);
		tcsetattr(report_fd, TCSANOW, &tio);
	}
	kmsg_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
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

/* One line buffer for each of a test's two streams. */
struct stream {
	int fd;
	char mark;
	size_t len;
	char line[4096];
};

static void stream_flush(struct stream *s)
{
	char head[2] = { s->mark, ' ' };

	if (!s->len)
		return;
	write_all(report_fd, head, 2);
	write_all(report_fd, s->line, s->len);
	write_all(report_fd, "\n", 1);
	s->len = 0;
}

/* Copies what is there to the host. Returns 0 at the end of the stream. */
static int stream_drain(struct stream *s)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(s->fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] == '\n') {
				if (!s->len)
					s->line[s->len++] = ' ';
				stream_flush(s);
				continue;
			}
			s->line[s->len++] = buf[i];
			if (s->len == sizeof(s->line))
				stream_flush(s);
		}
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static pid_t spawn(const char *command, int out, int err)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	close(0);
	open("/dev/null", O_RDONLY);
	dup2(out, 1);
	dup2(err, 2);
	if (chdir(TEST_DIR))
		chdir("/");
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

/* Nothing of a test outlives it: the next one starts with a quiet guest. */
static void kill_rest(const char *name)
{
	long long limit = now_ms() + 20000;

	for (;;) {
		pid_t pid;

		kill(-1, SIGKILL);
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return;
		if (now_ms() > limit) {
			report("FATAL %s: a task can't be killed", name);
			return;
		}
		sleep_ms(20);
	}
}

/* Reaps orphans, too; returns 1 once @pid is gone. */
static int reaped(pid_t pid, int *status)
{
	int one;
	pid_t got;

	while ((got = waitpid(-1, &one, WNOHANG)) > 0) {
		if (got == pid) {
			*status = one;
			return 1;
		}
	}
	return 0;
}

static void run_test(const char *name, int seconds, const char *command)
{
	struct stream out = { .mark = '|' }, err = { .mark = '!' };
	long long start = now_ms(), limit = start + seconds * 1000LL;
	int out_pipe[2], err_pipe[2], status = 0, done = 0;
	char verdict[64] = "timeout";
	pid_t pid;

	if (pipe2(out_pipe, O_CLOEXEC) || pipe2(err_pipe, O_CLOEXEC))
		die("pipe");
	out.fd = out_pipe[0];
	err.fd = err_pipe[0];
	fcntl(out.fd, F_SETFL, O_NONBLOCK);
	fcntl(err.fd, F_SETFL, O_NONBLOCK);

	report("BEGIN %s", name);
	note("nsguard-test: begin %s", name);
	pid = spawn(command, out_pipe[1], err_pipe[1]);
	close(out_pipe[1]);
	close(err_pipe[1]);

	while (!done && now_ms() < limit) {
		struct pollfd fds[2] = {
			{ .fd = out.fd, .events = POLLIN },
			{ .fd = err.fd, .events = POLLIN },
		};

		/* A closed stream is always ready: sleep instead. */
		if (poll(fds, 2, 50) > 0 &&
		    !((fds[0].revents | fds[1].revents) & POLLIN))
			sleep_ms(10);
		stream_drain(&out);
		stream_drain(&err);
		done = reaped(pid, &status);
	}
	kill_rest(name);
	stream_drain(&out);
	stream_drain(&err);
	stream_flush(&out);
	stream_flush(&err);
	close(out.fd);
	close(err.fd);

	if (done && WIFSIGNALED(status))
		snprintf(verdict, sizeof(verdict), "signal %d", WTERMSIG(status));
	else if (done)
		snprintf(verdict, sizeof(verdict), "status %d", WEXITSTATUS(status));
	note("nsguard-test: end %s %s", name, verdict);
	report("EXIT %s %s %lld ms", name, verdict, now_ms() - start);
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
