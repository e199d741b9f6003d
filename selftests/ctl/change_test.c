// SPDX-License-Identifier: GPL-2.0
/*
 * What nsguardctl makes of a change of what is guarded.
 */
#include "expect.h"

static char buf[MESSAGE_SIZE] __attribute__((aligned(8)));

static void check_text(const struct nlmsghdr *nlh, const char *want,
		       const char *what)
{
	json_t *change = read_exact(nlh, change_read);
	char *text = to_text(change, change_text);

	expect_text(text, want, what);
	free(text);
	json_decref(change);
}

static void test_change(void)
{
	struct nlmsghdr *nlh = message_change(buf, "sh");

	expect(read_exact(nlh, change_read),
	       "{\"config\":\"mode\",\"old\":\"enforce\",\"new\":\"off\","
	       "\"time\":\"2023-11-14T22:13:20.000000042Z\","
	       "\"container\":{\"id\":null,\"name\":null},"
	       "\"by\":{\"pid\":4711,\"uid\":4294967295,\"comm\":\"sh\"}}",
	       "a change, every field exact");
	check_text(nlh, "2023-11-14T22:13:20.000000042Z CHANGED mode "
		   "enforce -> off, by sh, pid 4711, user 4294967295\n",
		   "text: a change");
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 7);
	mnl_attr_put_strz(nlh, NSGUARD_A_CONTAINER_NAME, "web");
	check_text(nlh, "-> off, container 7, by sh,",
		   "text: a change of a container");
}

static void test_hostile(void)
{
	struct nlmsghdr *nlh = message_change(buf, "\033[2J\n");

	check_text(nlh, ", by \"\\u001B[2J\\n\", pid 4711",
		   "text: a name is escaped");
	mnl_attr_put(nlh, NSGUARD_A_CONFIG_PID, 0, NULL);
	check_text(nlh, ", user 4294967295\n    malformed  pid\n",
		   "text: wrong sizes are named");
	check_text(message_start(buf, NSGUARD_CMD_CONFIG_NTF),
		   "? CHANGED ? ? -> ?, by ?\n", "text: a change of nothing");
}

int main(void)
{
	test_change();
	test_hostile();
	return tap_done();
}
