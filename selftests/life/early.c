// SPDX-License-Identifier: GPL-2.0
/*
 * Who sets the mode by its file: nobody while the module loads, when a container's
 * root is not known to be one's yet, and nobody without CAP_SYS_ADMIN.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"

#define MODE "/sys/module/nsguard/parameters/mode"

static int set_mode(const char *mode)
{
	int fd = open(MODE, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, mode, strlen(mode)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* As soon as the file is there. */
static int set_early(void)
{
	int err;

	do
		err = set_mode("off");
	while (err == ENOENT);
	return err;
}

static int set_without_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { 0 };

	return syscall(SYS_capset, &head, none) ? -1 : set_mode("off");
}

static pid_t start(int (*set)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid)
		_exit(set());
	return pid;
}

static int result(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		bail("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool enforces(void)
{
	char mode[16];

	guard_get("mode", mode, sizeof(mode));
	return !strncmp(mode, "enforce", strlen("enforce"));
}

int main(void)
{
	pid_t early = start(set_early);
	int err;

	guard_load("mode=enforce");
	err = result(early);
	ok(err == EBUSY, "while it loads: busy (%s)", strerror(err));
	ok(enforces(), "the mode is what the loader has said");
	err = result(start(set_without_capabilities));
	ok(err == EPERM, "root without capabilities: refused (%s)",
	   strerror(err));
	ok(enforces(), "the mode is still the same");
	ok(!set_mode("audit"), "root with them may set it");
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
