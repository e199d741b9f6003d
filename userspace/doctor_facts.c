// SPDX-License-Identifier: GPL-2.0
/*
 * Looks up what doctor has to know of this host.
 */
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <libkmod.h>

#include "doctor.h"
#include "genl.h"
#include "output.h"
#include "verb.h"

#define MODULE		"/sys/module/nsguard"
#define SOURCES		"/usr/src/nsguard-*"
#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

const char *const doctor_options[] = {
	"CONFIG_X86_64",
	"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
	"CONFIG_KPROBES",
	"CONFIG_PREEMPT_RT",
	"CONFIG_RANDSTRUCT",
	NULL,
};

/* The first line of a file. */
static json_t *first_line(const char *path)
{
	char line[256] = "";
	FILE *in = fopen(path, "re");

	if (!in)
		return json_null();
	if (!fgets(line, sizeof(line), in))
		line[0] = '\0';
	fclose(in);
	line[strcspn(line, "\n")] = '\0';
	return json_string(line);
}

static json_t *is_yes(const char *path)
{
	json_t *line = first_line(path);
	const char *text = json_string_value(line);
	json_t *yes = text ? json_boolean(*text == 'Y' || *text == '1') :
			     json_null();

	json_decref(line);
	return yes;
}

/* "none [integrity] confidentiality": the one in force is in brackets. */
static json_t *lockdown(void)
{
	json_t *line = first_line("/sys/kernel/security/lockdown");
	const char *text = json_string_value(line);
	const char *at = text ? strchr(text, '[') : NULL;
	json_t *word = at ? json_stringn(at + 1, strcspn(at + 1, "]")) :
			    json_null();

	json_decref(line);
	return word;
}

/* Four bytes of attributes, then the value. */
static json_t *secure_boot(void)
{
	unsigned char bytes[5];
	FILE *in = fopen(SECURE_BOOT, "re");
	size_t len;

	if (!in)
		return json_null();
	len = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	return len == sizeof(bytes) ? json_boolean(bytes[4]) : json_null();
}

static json_t *module_info(const struct kmod_module *mod)
{
	json_t *info = json_pack("{ss sn sn sn}", "path",
				 kmod_module_get_path(mod), "version",
				 "srcversion", "signer");
	struct kmod_list *list = NULL, *at;

	if (kmod_module_get_info(mod, &list) < 0)
		return info;
	kmod_list_foreach(at, list) {
		const char *key = kmod_module_info_get_key(at);

		if (json_object_get(info, key))
			json_object_set_new(info, key, json_string(
					kmod_module_info_get_value(at)));
	}
	kmod_module_info_free_list(list);
	return info;
}

/* What modprobe would find for the running kernel. */
static json_t *installed(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *mod = NULL;
	json_t *info = NULL;

	if (!ctx)
		return json_null();
	/* What is missing is said by us. */
	kmod_set_log_priority(ctx, 0);
	if (!kmod_module_new_from_name(ctx, "nsguard", &mod) &&
	    kmod_module_get_path(mod))
		info = module_info(mod);
	kmod_module_unref(mod);
	kmod_unref(ctx);
	return info ? info : json_null();
}

/* The module's sources, where DKMS takes them from. */
static json_t *source(void)
{
	json_t *path = json_null();
	glob_t found;

	if (!glob(SOURCES, 0, NULL, &found))
		path = json_string(found.gl_pathv[0]);
	globfree(&found);
	return path;
}

static json_t *loaded(void)
{
	if (access(MODULE "/parameters", F_OK))
		return json_null();
	return json_pack("{so sn}", "srcversion", first_line(MODULE "/srcversion"),
			 "state");
}

static json_t *unit(void)
{
	char line[64] = "";
	FILE *from;

	if (access("/run/systemd/system", F_OK))
		return json_null();
	from = popen("systemctl is-enabled nsguard.service 2>/dev/null", "re");
	if (!from)
		return json_null();
	if (!fgets(line, sizeof(line), from))
		line[0] = '\0';
	pclose(from);
	line[strcspn(line, "\n")] = '\0';
	return json_string(*line ? line : "not-found");
}

static void take_option(json_t *config, const char *line)
{
	size_t len = strcspn(line, "=");

	for (int i = 0; doctor_options[i]; i++) {
		if (!strncmp(line, doctor_options[i], len) &&
		    !doctor_options[i][len] && line[len])
			json_object_set_new(config, doctor_options[i],
					    json_string(line + len + 1));
	}
}

static json_t *config(const char *release)
{
	char path[PATH_MAX], line[1024];
	json_t *config;
	FILE *in;

	snprintf(path, sizeof(path), "/boot/config-%s", release);
	in = fopen(path, "re");
	if (!in) {
		snprintf(path, sizeof(path), "/lib/modules/%s/build/.config",
			 release);
		in = fopen(path, "re");
	}
	if (!in)
		return json_null();
	config = json_object();
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		take_option(config, line);
	}
	fclose(in);
	return config;
}

/* What is left to ask where it does not answer. */
static void ask_file(json_t *loaded)
{
	char state[32];

	if (genl_state(state, sizeof(state)))
		json_object_set_new(loaded, "state", json_string(state));
}

/* genl_open() and the others say on standard error what was in the way. */
static void ask_module(json_t *facts)
{
	json_t *loaded = json_object_get(facts, "loaded"), *value;
	struct genl *g;

	if (json_is_null(loaded))
		return;
	g = genl_open();
	if (!g) {
		ask_file(loaded);
		return;
	}
	value = status_get(g);
	if (value)
		json_object_set_new(facts, "status", value);
	value = value && !status_unguarded(value) ? containers_get(g) : NULL;
	if (value)
		json_object_set_new(facts, "containers", value);
	genl_close(g);
}

json_t *doctor_facts(void)
{
	struct utsname uts;
	json_t *facts;

	uname(&uts);
	facts = json_pack("{ss so so so sn sn so so so so so so}",
			  "kernel", uts.release, "source", source(),
			  "installed", installed(), "loaded", loaded(),
			  "status", "containers",
			  "unit", unit(), "lockdown", lockdown(),
			  "sig_enforce",
			  is_yes("/sys/module/module/parameters/sig_enforce"),
			  "secure_boot", secure_boot(),
			  "ftrace", is_yes("/proc/sys/kernel/ftrace_enabled"),
			  "config", config(uts.release));
	if (!facts) {
		out_error("out of memory");
		exit(EXIT_FAILURE);
	}
	ask_module(facts);
	return facts;
}
