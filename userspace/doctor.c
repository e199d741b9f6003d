// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with nsguard on this host, and what to do about it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "output.h"
#include "verb.h"

/* Containers are named by their ids: whoever runs one may choose its name. */
#define IDS_NAMED	8

/* Where texts begin. */
#define MARGIN		24

#define KERNELS	"boot one of Debian's 6.1 or 6.12 kernels for x86-64"

enum state {
	WELL,
	NOTE,	/* worth knowing, and perhaps what is wanted */
	WRONG,
};

static const char *const states[] = { "well", "note", "wrong" };

static const struct {
	const char *name;
	enum state state;
	const char *text;
	const char *advice;
} counters[] = {
	{ "events_lost", WRONG, "events could not be reported",
	  "the kernel's log may have them (dmesg); if memory is not short, listen with nsguardctl monitor alone and write to a file" },
	{ "events_suppressed", NOTE, "incidents were counted and not reported",
	  "a container causes alerts without end: \"nsguardctl containers\" shows which, the tracepoint nsguard:alert has all of them" },
	{ "alloc_failures", WRONG, "times memory could not be got",
	  "the host or a container's memory limit is short of memory" },
	{ "lineage_full", WRONG, "namespaces of containers were not remembered",
	  "a container has made more than 4096 namespaces: find it by \"nsguardctl containers\" and lsns; setns() is guarded less there" },
	{ "nesting_full", WRONG, "containers were taken for part of their outer one",
	  "containers are nested more than 16 deep" },
	{ "adoption_incomplete", WRONG, "times tasks of containers came faster than they were found while the module was loaded: some may not be watched",
	  "load the module again when less is being started: see RETIRING in nsguard(7)" },
	{ "leaked_creds", NOTE, "refused credentials were left alone",
	  "nothing: memory of some 200 bytes each until the next boot" },
	{ "leaked_nsproxies", NOTE, "refused sets of namespaces were left alone",
	  "nothing: a little memory until the next boot" },
	{ "storms", NOTE, "times that killing was suspended",
	  "nsguardctl explain kill-storm" },
};

__attribute__((format(printf, 5, 6)))
static void tell(json_t *findings, const char *check, enum state state,
		 const char *advice, const char *fmt, ...)
{
	va_list args;
	json_t *text;

	va_start(args, fmt);
	text = json_vsprintf(fmt, args);
	va_end(args);
	json_array_append_new(findings,
			      json_pack("{ss ss so ss*}", "check", check,
					"state", states[state], "text", text,
					"advice", advice));
}

static const char *string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool has(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return value && !json_is_null(value);
}

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* What the module says of itself, or its file; "" if neither does. */
static const char *state_of(const json_t *facts)
{
	const json_t *from = has(facts, "status") ?
			     json_object_get(facts, "status") :
			     json_object_get(facts, "loaded");

	return string(from, "state");
}

/* Whether the rest of the status is of any use. */
static bool judge_state(json_t *findings, const json_t *facts)
{
	const char *state = state_of(facts);

	if (!*state || !strcmp(state, "guarding"))
		return true;
	if (!strcmp(state, "left"))
		tell(findings, "state", WRONG,
		     "rmmod nsguard && modprobe nsguard",
		     "%s: NOTHING IS GUARDED, the module was retired", state);
	else if (!strcmp(state, "leaving"))
		tell(findings, "state", WRONG,
		     "dmesg says what is in the way; once that is gone: echo 1 >/sys/module/nsguard/parameters/retire && rmmod nsguard && modprobe nsguard",
		     "%s: NOTHING IS GUARDED, %s", state,
		     has(facts, "status") ? "the module is being retired" :
		     "loading the module has failed, or it is being retired");
	else
		tell(findings, "state", WRONG, "ask again in a moment",
		     "%s: NOTHING IS GUARDED yet", state);
	return false;
}

static void judge_loaded(json_t *findings, const json_t *facts)
{
	const json_t *status = json_object_get(facts, "status");

	if (has(facts, "status"))
		tell(findings, "module", WELL, NULL, "version %s is loaded",
		     string(status, "version"));
	else if (has(facts, "loaded"))
		tell(findings, "module", WRONG,
		     "run this as root, in the host's network namespace, outside any container; if it is still being loaded, ask again in a moment",
		     "it is loaded and does not answer");
	else if (has(facts, "installed"))
		tell(findings, "module", WRONG,
		     "modprobe nsguard; it and dmesg say what is in the way, and so does systemctl status nsguard",
		     "it is not loaded: nothing is guarded");
	else
		tell(findings, "module", WRONG, "build it: see installed",
		     "it is not loaded: nothing is guarded");
}

/* The kernels that nsguard is made for. */
static bool kernel_fits(const char *release)
{
	return !strncmp(release, "6.1.", 4) || !strncmp(release, "6.12.", 5);
}

static const char *how_to_install(const json_t *facts)
{
	if (!kernel_fits(string(facts, "kernel")))
		return "see kernel";
	if (!has(facts, "source"))
		return "make install, in the folder of nsguard's sources";
	return "install the headers of this kernel (linux-headers-$(uname -r)), then dkms autoinstall; dkms status shows what there is";
}

static void judge_installed(json_t *findings, const json_t *facts)
{
	const json_t *installed = json_object_get(facts, "installed");
	const char *kernel = string(facts, "kernel");
	const char *have = string(json_object_get(facts, "loaded"), "srcversion");
	const char *want = string(installed, "srcversion");

	if (!has(facts, "installed")) {
		tell(findings, "installed", WRONG, how_to_install(facts),
		     "there is no module for the running kernel %s: the next boot has none either",
		     kernel);
		return;
	}
	tell(findings, "installed", WELL, NULL, "version %s for %s",
	     string(installed, "version"), kernel);
	if (*have && *want && strcmp(have, want))
		tell(findings, "upgrade", NOTE,
		     "see UPGRADE in nsguard(7), or restart the host",
		     "the module that is installed is another than the one that is loaded");
}

static void judge_signature(json_t *findings, const json_t *facts)
{
	const json_t *installed = json_object_get(facts, "installed");
	const char *lockdown = string(facts, "lockdown");
	bool demanded = is_true(facts, "sig_enforce") ||
			(*lockdown && strcmp(lockdown, "none"));
	const char *why = is_true(facts, "secure_boot") ?
			  "Secure Boot is on, and the kernel" : "the kernel";

	if (has(facts, "loaded") || !has(facts, "installed") || !demanded)
		return;
	if (has(installed, "signer"))
		tell(findings, "signature", NOTE,
		     "mokutil --list-enrolled shows the keys; for that of dkms: mokutil --import /var/lib/dkms/mok.pub, and restart",
		     "%s takes signed modules only; this one is signed, with a key that has to be enrolled",
		     why);
	else
		tell(findings, "signature", WRONG,
		     "let dkms sign it (/etc/dkms/framework.conf) and enroll its key: mokutil --import /var/lib/dkms/mok.pub, and restart",
		     "%s takes signed modules only; this one is not signed",
		     why);
}

static bool option_fits(const char *name, const char *value)
{
	bool wanted = strcmp(name, "CONFIG_PREEMPT_RT") &&
		      strcmp(name, "CONFIG_RANDSTRUCT");

	return wanted == !strcmp(value, "y");
}

/* Who is loaded has found all it needs. */
static void judge_kernel(json_t *findings, const json_t *facts)
{
	const json_t *config = json_object_get(facts, "config");
	bool fits = true;

	if (has(facts, "loaded"))
		return;
	if (!kernel_fits(string(facts, "kernel"))) {
		tell(findings, "kernel", WRONG, KERNELS,
		     "nsguard is not made for %s", string(facts, "kernel"));
		fits = false;
	}
	if (json_is_false(json_object_get(facts, "ftrace"))) {
		tell(findings, "kernel", WRONG,
		     "sysctl kernel.ftrace_enabled=1",
		     "ftrace is switched off: the module does not load");
		fits = false;
	}
	for (int i = 0; has(facts, "config") && doctor_options[i]; i++) {
		const char *name = doctor_options[i];

		if (option_fits(name, string(config, name)))
			continue;
		tell(findings, "kernel", WRONG, KERNELS,
		     "%s is %s: the module does not work with this kernel",
		     name, has(config, name) ? string(config, name) :
					       "not set");
		fits = false;
	}
	if (!has(facts, "config"))
		tell(findings, "kernel", NOTE, NULL,
		     "its configuration can't be read");
	else if (fits)
		tell(findings, "kernel", WELL, NULL,
		     "it has the options that are needed");
}

static void judge_unit(json_t *findings, const json_t *facts)
{
	if (!has(facts, "unit"))
		tell(findings, "boot", NOTE,
		     "let this system's init run modprobe nsguard before the container runtimes",
		     "systemd does not run here: nobody knows what loads the module at boot");
	else if (strcmp(string(facts, "unit"), "enabled"))
		tell(findings, "boot", WRONG,
		     "systemctl enable nsguard.service",
		     "nsguard.service is not enabled (%s): the module is not loaded at boot",
		     string(facts, "unit"));
	else
		tell(findings, "boot", WELL, NULL,
		     "nsguard.service loads the module");
}

static void judge_mode(json_t *findings, const json_t *status)
{
	const char *mode = string(status, "mode");
	const char *locked = is_true(status, "locked") ? ", locked" : "";

	if (!strcmp(mode, "enforce"))
		tell(findings, "mode", WELL, NULL, "enforce%s", locked);
	else if (!strcmp(mode, "audit"))
		tell(findings, "mode", NOTE,
		     "nsguardctl mode enforce, once your own work brings no events",
		     "audit: violations are reported and have their effect%s",
		     locked);
	else
		tell(findings, "mode", WRONG, "nsguardctl mode enforce",
		     "%s: nothing is judged", mode);
}

static void judge_layers(json_t *findings, const json_t *status)
{
	size_t on = json_array_size(json_object_get(status, "layers"));

	if (on < 4)
		tell(findings, "layers", WRONG,
		     "echo 15 > /sys/module/nsguard/parameters/layers",
		     "%zu of 4 layers are on", on);
}

static void judge_hooks(json_t *findings, const json_t *status)
{
	const json_t *hooks = json_object_get(status, "hooks");
	size_t i, dead = 0, all = json_array_size(hooks);
	const char *first = "";
	json_t *hook;

	json_array_foreach(hooks, i, hook) {
		if (is_true(hook, "live"))
			continue;
		if (!dead++)
			first = string(hook, "name");
	}
	if (!all || dead)
		tell(findings, "hooks", WRONG,
		     "nsguardctl status names them; look for a BPF program, a livepatch or a tracer on them and restart the host",
		     "%zu of %zu hooks do not run (%s ...)", dead, all, first);
	else
		tell(findings, "hooks", WELL, NULL, "all %zu run", all);
}

static void judge_counters(json_t *findings, const json_t *status)
{
	const json_t *list = json_object_get(status, "counters");
	bool clean = true;

	if (is_true(status, "storm"))
		tell(findings, "storm", WRONG, "nsguardctl explain kill-storm",
		     "violations in too many containers: for now nobody is killed");
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		uint64_t n = 0;

		if (!out_u64(json_object_get(list, counters[i].name), &n) || !n)
			continue;
		tell(findings, counters[i].name, counters[i].state,
		     counters[i].advice, "%llu %s", (unsigned long long)n,
		     counters[i].text);
		clean = false;
	}
	if (clean)
		tell(findings, "counters", WELL, NULL,
		     "nothing was lost or left behind");
}

/* " 3 7 9", of those with @key as @value; how many is returned. */
static size_t list_ids(const json_t *containers, const char *key, bool value,
		       char *text, size_t size)
{
	size_t i, n = 0, len = 0;
	json_t *container;

	text[0] = '\0';
	json_array_foreach(containers, i, container) {
		if (is_true(container, key) != value)
			continue;
		if (n++ < IDS_NAMED)
			len += snprintf(text + len, size - len,
					" %" JSON_INTEGER_FORMAT,
					json_integer_value(json_object_get(
							container, "id")));
	}
	if (n > IDS_NAMED)
		snprintf(text + len, size - len, " ...");
	return n;
}

static void judge_containers(json_t *findings, const json_t *containers)
{
	char ids[32 * (IDS_NAMED + 1)];
	size_t n;

	n = list_ids(containers, "certain", false, ids, sizeof(ids));
	if (n)
		tell(findings, "ambiguous", NOTE,
		     "nsguardctl register ID, of each that is a container and no service of the host",
		     "%zu may be services: breaches of descent rules are only reported in them (id%s)",
		     n, ids);
	n = list_ids(containers, "adopted", true, ids, sizeof(ids));
	if (n)
		tell(findings, "adopted", NOTE,
		     "start them anew to have them watched from their first process on",
		     "%zu ran before the module was loaded (id%s)", n, ids);
}

json_t *doctor_judge(const json_t *facts)
{
	const json_t *status = json_object_get(facts, "status");
	json_t *findings = json_array(), *finding;
	bool guarding = judge_state(findings, facts), well = true;
	size_t i;

	if (guarding || has(facts, "status"))
		judge_loaded(findings, facts);
	judge_installed(findings, facts);
	judge_signature(findings, facts);
	judge_kernel(findings, facts);
	judge_unit(findings, facts);
	if (has(facts, "status")) {
		if (guarding) {
			judge_mode(findings, status);
			judge_layers(findings, status);
			judge_hooks(findings, status);
		}
		judge_counters(findings, status);
	}
	judge_containers(findings, json_object_get(facts, "containers"));
	json_array_foreach(findings, i, finding)
		well &= strcmp(string(finding, "state"), states[WRONG]) != 0;
	return json_pack("{sb so}", "well", well, "findings", findings);
}

void doctor_text(FILE *out, const json_t *verdict)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(verdict, "findings"), i, finding) {
		const char *state = string(finding, "state");
		bool wrong = !strcmp(state, states[WRONG]);
		int used = fprintf(out, "%-6s %-16s ", wrong ? "WRONG" : state,
				   string(finding, "check"));

		out_paragraph(out, string(finding, "text"), MARGIN, used);
		if (!has(finding, "advice"))
			continue;
		used = fprintf(out, "%*s-> ", MARGIN, "");
		out_paragraph(out, string(finding, "advice"), MARGIN + 3, used);
	}
}

int verb_doctor(const struct ctl *ctl, int argc, char **argv)
{
	json_t *facts, *verdict;
	bool well, written;

	(void)argv;
	if (argc)
		return EXIT_USAGE;
	facts = doctor_facts();
	verdict = doctor_judge(facts);
	well = is_true(verdict, "well");
	if (ctl->json)
		out_json(stdout, verdict);
	else
		doctor_text(stdout, verdict);
	written = out_flush(stdout);
	json_decref(verdict);
	json_decref(facts);
	return well && written ? EXIT_SUCCESS : EXIT_FAILURE;
}
