// SPDX-License-Identifier: GPL-2.0
/*
 * What nsguardctl doctor makes of hosts that are not well, and of one that is.
 */
#include "doctor.h"
#include "expect.h"

static const char well[] =
	"{\"kernel\":\"6.12.1\",\"source\":\"/s\",\"installed\":{\"path\":\"/m.ko\","
	"\"version\":\"0.1.0\",\"srcversion\":\"A\",\"signer\":null},"
	"\"loaded\":{\"srcversion\":\"A\",\"state\":null},\"status\":{\"version\":\"0.1.0\","
	"\"state\":\"guarding\",\"mode\":\"enforce\",\"locked\":false,"
	"\"layers\":[\"gate\",\"use\",\"sweep\",\"transition\"],"
	"\"storm\":false,\"counters\":{\"events\":7,\"kills\":7,"
	"\"events_lost\":0,\"leaked_creds\":0},"
	"\"hooks\":[{\"name\":\"a\",\"live\":true},"
	"{\"name\":\"b\",\"live\":true}]},\"containers\":["
	"{\"id\":1,\"certain\":true,\"adopted\":false}],"
	"\"unit\":\"enabled\",\"lockdown\":\"integrity\",\"sig_enforce\":false,"
	"\"secure_boot\":true,\"ftrace\":true,\"config\":null}";

static const char absent[] =
	"{\"kernel\":\"6.12.1\",\"source\":\"/s\",\"installed\":{\"path\":\"/m.ko\","
	"\"version\":\"0.1.0\",\"srcversion\":\"A\",\"signer\":null},"
	"\"loaded\":null,\"status\":null,\"containers\":null,"
	"\"unit\":\"enabled\",\"lockdown\":\"none\",\"sig_enforce\":false,"
	"\"secure_boot\":false,\"ftrace\":true,\"config\":{"
	"\"CONFIG_X86_64\":\"y\",\"CONFIG_KPROBES\":\"y\","
	"\"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS\":\"y\"}}";

/* The host @base, with the member at the path @key set to the JSON @value. */
static json_t *host(const char *base, const char *key, const char *value)
{
	json_t *facts = json_loads(base, 0, NULL);
	json_t *new = json_loads(value, JSON_DECODE_ANY, NULL);
	json_t *at = facts;
	const char *dot;

	if (!facts || !new)
		bail("bad test: %s", value);
	for (; (dot = strchr(key, '.')); key = dot + 1) {
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)(dot - key), key);
		at = json_object_get(at, name);
	}
	if (json_object_set_new(at, key, new))
		bail("bad test: %s", key);
	return facts;
}

/* The state that it finds for @check, "" if none. */
static char *found(const json_t *verdict, const char *check)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(verdict, "findings"), i, finding) {
		if (!strcmp(json_string_value(json_object_get(finding, "check")),
			    check))
			return strdup(json_string_value(
				json_object_get(finding, "state")));
	}
	return strdup("");
}

/* Where it does not answer. */
static const char mute[] =
	"{\"kernel\":\"6.12.1\",\"source\":\"/s\",\"installed\":{\"path\":\"/m.ko\","
	"\"version\":\"0.1.0\",\"srcversion\":\"A\",\"signer\":null},"
	"\"loaded\":{\"srcversion\":\"A\",\"state\":\"leaving\"},\"status\":null,"
	"\"containers\":null,\"unit\":\"enabled\",\"lockdown\":\"none\","
	"\"sig_enforce\":false,\"secure_boot\":false,\"ftrace\":true,"
	"\"config\":null}";

/* Where nothing is installed. */
static const char bare[] =
	"{\"kernel\":\"6.12.1\",\"source\":null,\"installed\":null,\"loaded\":null,"
	"\"status\":null,\"containers\":null,\"unit\":null,\"lockdown\":null,"
	"\"sig_enforce\":null,\"secure_boot\":null,\"ftrace\":true,"
	"\"config\":null}";

static const struct {
	const char *what;
	const char *base;
	const char *key;
	const char *value;
	const char *check;
	const char *state;
} cases[] = {
	{ "well", well, "kernel", "\"6\"", "module", "well" },
	{ "well: hooks", well, "kernel", "\"6\"", "hooks", "well" },
	{ "well: counters", well, "kernel", "\"6\"", "counters", "well" },
	{ "well: no word of signatures", well, "kernel", "\"6\"", "signature", "" },
	{ "well: none of upgrades", well, "kernel", "\"6\"", "upgrade", "" },
	{ "not loaded", absent, "kernel", "\"6\"", "module", "wrong" },
	{ "not loaded: the kernel fits", absent, "kernel", "\"6.1.2\"", "kernel", "well" },
	{ "not loaded: an unknown kernel", absent, "kernel", "\"6.13.1\"", "kernel", "wrong" },
	{ "no answer", well, "status", "null", "module", "wrong" },
	{ "no answer: nothing of the state", well, "status", "null", "state", "" },
	{ "no answer, guarding", mute, "loaded.state", "\"guarding\"", "module", "wrong" },
	{ "a load that is stuck", mute, "loaded.state", "\"leaving\"", "state", "wrong" },
	{ "a load that is stuck: that is all", mute, "loaded.state", "\"leaving\"",
	  "module", "" },
	{ "a load that goes on", mute, "loaded.state", "\"loading\"", "state", "wrong" },
	{ "not built for this kernel", well, "installed", "null", "installed", "wrong" },
	{ "an upgrade waits", well, "installed.srcversion", "\"B\"", "upgrade", "note" },
	{ "retired", well, "status.state", "\"left\"", "state", "wrong" },
	{ "retired: no word of the mode", well, "status.state", "\"left\"",
	  "mode", "" },
	{ "a retirement that is stuck", well, "status.state", "\"leaving\"",
	  "state", "wrong" },
	{ "not in place yet", well, "status.state", "\"loading\"", "state",
	  "wrong" },
	{ "guarding", well, "status.state", "\"guarding\"", "state", "" },
	{ "mode audit", well, "status.mode", "\"audit\"", "mode", "note" },
	{ "mode off", well, "status.mode", "\"off\"", "mode", "wrong" },
	{ "a layer is off", well, "status.layers", "[\"gate\",\"use\",\"sweep\"]",
	  "layers", "wrong" },
	{ "a dead hook", well, "status.hooks",
	  "[{\"name\":\"a\",\"live\":true},{\"name\":\"b\",\"live\":false}]",
	  "hooks", "wrong" },
	{ "no hooks", well, "status.hooks", "[]", "hooks", "wrong" },
	{ "a storm", well, "status.storm", "true", "storm", "wrong" },
	{ "a storm that is over", well, "status.counters.storms", "1",
	  "storms", "note" },
	{ "lost events", well, "status.counters.events_lost", "1",
	  "events_lost", "wrong" },
	{ "lost events beyond 63 bits", well, "status.counters.events_lost",
	  "\"18446744073709551615\"", "events_lost", "wrong" },
	{ "suppressed events", well, "status.counters.events_suppressed", "1",
	  "events_suppressed", "note" },
	{ "no memory", well, "status.counters.alloc_failures", "1",
	  "alloc_failures", "wrong" },
	{ "lineage", well, "status.counters.lineage_full", "1",
	  "lineage_full", "wrong" },
	{ "nesting", well, "status.counters.nesting_full", "1",
	  "nesting_full", "wrong" },
	{ "adoption", well, "status.counters.adoption_incomplete", "1",
	  "adoption_incomplete", "wrong" },
	{ "leaked credentials", well, "status.counters.leaked_creds", "1",
	  "leaked_creds", "note" },
	{ "leaked namespaces", well, "status.counters.leaked_nsproxies", "1",
	  "leaked_nsproxies", "note" },
	{ "an ambiguous container", well, "containers",
	  "[{\"id\":3,\"certain\":false,\"adopted\":false}]", "ambiguous", "note" },
	{ "an adopted container", well, "containers",
	  "[{\"id\":3,\"certain\":true,\"adopted\":true}]", "adopted", "note" },
	{ "the unit is not enabled", well, "unit", "\"disabled\"", "boot", "wrong" },
	{ "no systemd", well, "unit", "null", "boot", "note" },
	{ "signatures are not demanded", absent, "secure_boot", "true",
	  "signature", "" },
	{ "locked down, unsigned", absent, "lockdown", "\"integrity\"",
	  "signature", "wrong" },
	{ "signatures are enforced", absent, "sig_enforce", "true",
	  "signature", "wrong" },
	{ "ftrace is off", absent, "ftrace", "false", "kernel", "wrong" },
	{ "no direct calls", absent,
	  "config.CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "\"n\"",
	  "kernel", "wrong" },
	{ "no kprobes", absent, "config.CONFIG_KPROBES", "null", "kernel", "wrong" },
	{ "PREEMPT_RT", absent, "config.CONFIG_PREEMPT_RT", "\"y\"",
	  "kernel", "wrong" },
	{ "an unknown configuration", absent, "config", "null", "kernel", "note" },
};

static void check_case(size_t i)
{
	json_t *facts = host(cases[i].base, cases[i].key, cases[i].value);
	json_t *verdict = doctor_judge(facts);
	char *state = found(verdict, cases[i].check);
	bool wrong = !strcmp(cases[i].state, "wrong") ||
		     !strcmp(cases[i].value, "\"left\"") ||
		     cases[i].base != well || !strcmp(cases[i].key, "status");

	if (!ok(!strcmp(state, cases[i].state) &&
		json_is_true(json_object_get(verdict, "well")) == !wrong,
		"%s", cases[i].what)) {
		char *got = json_dumps(verdict, 0);

		diag("%s", got);
		free(got);
	}
	free(state);
	json_decref(verdict);
	json_decref(facts);
}

static void test_text(void)
{
	json_t *facts = host(well, "status.mode", "\"off\"");
	json_t *verdict = doctor_judge(facts);
	char *text = to_text(verdict, doctor_text);

	expect_text(text, "WRONG  mode             off: nothing is judged\n"
		    "                        -> nsguardctl mode enforce\n",
		    "text: what is wrong and what to do");
	expect_text(text, "well   hooks            all 2 run\n",
		    "text: what is well");
	free(text);
	json_decref(verdict);
	json_decref(facts);
}

/* Whether it says @expected of the host @base with @value at @key. */
static void says(const char *base, const char *key, const char *value,
		 const char *expected, const char *what)
{
	json_t *facts = host(base, key, value);
	json_t *verdict = doctor_judge(facts);
	char *text = to_text(verdict, doctor_text);

	expect_text(text, expected, what);
	free(text);
	json_decref(verdict);
	json_decref(facts);
}

static void test_advice(void)
{
	json_t *facts = host(well, "status.state", "\"left\""), *verdict, *first;

	verdict = doctor_judge(facts);
	first = json_array_get(json_object_get(verdict, "findings"), 0);
	ok(!strcmp(json_string_value(json_object_get(first, "check")), "state"),
	   "that nothing is guarded comes first");
	json_decref(verdict);
	json_decref(facts);

	says(well, "status.state", "\"leaving\"", "GUARDED, the module is being",
	     "a retirement is called one");
	says(mute, "kernel", "\"6.12.2\"", "GUARDED, loading the module has",
	     "a load that has failed is called one");
	says(well, "installed", "null", "dkms autoinstall",
	     "no module, but sources: DKMS");
	says(bare, "containers", "[]", "-> make install",
	     "neither: make install");
	says(bare, "kernel", "\"6.18.1\"", "-> see kernel",
	     "and not for a kernel that it is not made for");
}

/* More than fit are counted, the names of their makers are not printed. */
static void test_many(void)
{
	json_t *facts = host(well, "containers", "[]");
	json_t *list = json_object_get(facts, "containers");
	json_t *verdict;
	char *text;

	for (int i = 0; i < 100; i++)
		json_array_append_new(list, json_pack("{sI ss sb sb}", "id",
				      (json_int_t)INT64_MAX - i, "name",
				      "\033[2J", "certain", 0, "adopted", 1));
	verdict = doctor_judge(facts);
	text = to_text(verdict, doctor_text);
	expect_text(text, "100 ran before", "text: a hundred containers");
	expect_text(text, "9223372036854775800 ...)", "text: the first of them");
	ok(!strchr(text, '\033'), "text: none of their names");
	free(text);
	json_decref(verdict);
	json_decref(facts);
}

int main(void)
{
	json_t *facts = doctor_facts();

	ok(json_object_size(facts) == 12, "every fact is looked for");
	json_decref(facts);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(i);
	test_text();
	test_advice();
	test_many();
	return tap_done();
}
