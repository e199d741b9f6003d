// SPDX-License-Identifier: GPL-2.0
/*
 * A container of a real runtime.  `runc create` leaves the container's first
 * process to the nearest subreaper, the test, which so gets its true status;
 * that process waits in runc's code until `runc start`.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "attack/recipe.h"
#include "common/tap.h"
#include "common/util.h"

#define CAPS "[\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_FSETID\"," \
	"\"CAP_FOWNER\",\"CAP_MKNOD\",\"CAP_NET_RAW\",\"CAP_SETGID\"," \
	"\"CAP_SETUID\",\"CAP_SETFCAP\",\"CAP_SETPCAP\"," \
	"\"CAP_NET_BIND_SERVICE\",\"CAP_SYS_CHROOT\",\"CAP_KILL\"," \
	"\"CAP_AUDIT_WRITE\"]"

/* Takes the program's argument, the shared folder and the cgroup. */
static const char config[] =
"{\"ociVersion\":\"1.0.2\","
"\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
" \"args\":[\"/program\",\"%s\"],\"cwd\":\"/\",\"env\":[\"PATH=/\"],"
" \"capabilities\":{\"bounding\":" CAPS ",\"effective\":" CAPS ","
"  \"permitted\":" CAPS "}},"
"\"root\":{\"path\":\"rootfs\"},\"hostname\":\"container\","
"\"mounts\":["
" {\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
" {\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"},"
" {\"destination\":\"/tmp\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"},"
" {\"destination\":\"/share\",\"type\":\"bind\",\"source\":\"%s\","
"  \"options\":[\"bind\",\"rw\"]},"
" {\"destination\":\"/dev/nsguard_fixture\",\"type\":\"bind\","
"  \"source\":\"/dev/nsguard_fixture\",\"options\":[\"bind\",\"rw\"]}],"
"\"linux\":{\"cgroupsPath\":\"%s\","
" \"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwm\"}]},"
" \"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},"
"  {\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"mount\"},"
"  {\"type\":\"cgroup\"}]}}";

__attribute__((format(printf, 1, 2)))
static void run(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		bail("%s", command);
}

void runc_create(struct container *c)
{
	char path[128], text[sizeof(config) + 256];

	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		bail("subreaper");
	run("mkdir -p %s/rootfs && cp %s %s/rootfs/program", c->root,
	    c->program, c->root);
	if (c->set_uid)
		run("cp %s %s/rootfs%s && chmod 4755 %s/rootfs%s", c->program,
		    c->root, SETUID_PATH, c->root, SETUID_PATH);
	snprintf(text, sizeof(text), config, c->argv[1] ? c->argv[1] : "",
		 c->share, c->id);
	snprintf(path, sizeof(path), "%s/config.json", c->root);
	put_file(path, text, strlen(text), 0644);
	/* Its output is the container's: not the test's own. */
	if (c->out >= 0)
		run("runc create -b %s --pid-file %s/pid %s </dev/null "
		    ">&%d 2>&%d", c->root, c->root, c->id, c->out, c->out);
	else
		run("runc create -b %s --pid-file %s/pid %s </dev/null "
		    ">%s/log 2>&1 || { cat %s/log >&2; false; }", c->root,
		    c->root, c->id, c->root, c->root);
	snprintf(path, sizeof(path), "%s/pid", c->root);
	if (read_text(path, text, sizeof(text)) < 0)
		bail("%s", path);
	c->pid = atoi(text);
}

void runc_go(struct container *c)
{
	run("runc start %s", c->id);
}

void runc_delete(struct container *c)
{
	run("runc delete -f %s >/dev/null 2>&1 || true", c->id);
	run("rm -r %s", c->root);
}
