// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "util.h"

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

void report_raw(const char *buf, size_t len)
{
	write_all(report_fd, buf, len);
}

void report(const char *fmt, ...)
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

void note(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len > (int)sizeof(line) - 1)
		len = sizeof(line) - 1;
	write_all(kmsg_fd, line, len);
}

void power_off(void)
{
	sync();
	if (report_fd >= 0)
		tcdrain(report_fd);
	/* The emulator ends instead; unlike power-off this needs no ACPI. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

void die(const char *what)
{
	int error = errno;

	note("<3>guest init: %s: %s", what, strerror(error));
	report("FATAL %s: %s", what, strerror(error));
	power_off();
}

long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

char *read_file(const char *path)
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

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	write_all(fd, text, strlen(text));
	if (fd >= 0)
		close(fd);
}

void open_report(void)
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
