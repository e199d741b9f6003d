// SPDX-License-Identifier: GPL-2.0
/*
 * What nsguardctl makes of the status and of a container.
 */
#include "expect.h"

static char buf[MESSAGE_SIZE] __attribute__((aligned(8)));

static void put_hook(struct nlmsghdr *nlh, const char *name, uint8_t live)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NSGUARD_A_STATUS_HOOK);

	mnl_attr_put_strz(nlh, NSGUARD_A_HOOK_NAME, name);
	mnl_attr_put_u64(nlh, NSGUARD_A_HOOK_HITS, 41);
	mnl_attr_put_u8(nlh, NSGUARD_A_HOOK_LIVE, live);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *put_status(uint32_t layers, uint8_t live)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_STATUS_GET);
	struct nlattr *nest;

	mnl_attr_put_strz(nlh, NSGUARD_A_STATUS_VERSION, "0.1");
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_STATE,
			live ? NSGUARD_STATE_GUARDING : NSGUARD_STATE_LEFT);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_AUDIT);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_LOCKED, 1);
	mnl_attr_put_u32(nlh, NSGUARD_A_STATUS_LAYERS, layers);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_STORM, !live);
	mnl_attr_put_u32(nlh, NSGUARD_A_STATUS_TASKS, 9);
	mnl_attr_put_u32(nlh, NSGUARD_A_STATUS_PENDING, 4);
	mnl_attr_put_u32(nlh, NSGUARD_A_STATUS_CONTAINERS, 2);
	nest = mnl_attr_nest_start(nlh, NSGUARD_A_STATUS_COUNTER);
	mnl_attr_put_strz(nlh, NSGUARD_A_COUNTER_NAME, "kills");
	mnl_attr_put_u64(nlh, NSGUARD_A_COUNTER_VALUE, 3);
	mnl_attr_nest_end(nlh, nest);
	put_hook(nlh, "commit_creds", 1);
	put_hook(nlh, "security_file_open", live);
	return nlh;
}

static void test_status(void)
{
	json_t *status;
	char *text;

	expect(read_exact(put_status(0x82, 0), status_read),
	       "{\"version\":\"0.1\",\"state\":\"left\",\"mode\":\"audit\",\"locked\":true,"
	       "\"layers\":[\"use\",\"layer-7\"],\"storm\":true,\"tasks\":9,\"pending\":4,\"containers\":2,"
	       "\"counters\":{\"kills\":3},\"hooks\":["
	       "{\"name\":\"commit_creds\",\"hits\":41,\"live\":true},"
	       "{\"name\":\"security_file_open\",\"hits\":41,"
	       "\"live\":false}]}", "a status");

	status = status_read(put_status(NSGUARD_LAYER_USE, 0));
	text = to_text(status, status_text);
	expect_text(text, "nsguard 0.1, left, mode audit, locked\n"
		    "UNGUARDED   the module's state is left: nothing is guarded; ",
		    "text: what is wrong comes first");
	ok(!strstr(text, "UNHEALTHY"), "text: no hook is missed then");
	expect_text(text, "STORM       ", "text: a storm is not silent");
	expect_text(text, "9 tasks in 2 containers, 4 of them not compared",
		    "text: who is not compared yet is told");
	expect_text(text, "use  OFF: gate sweep transition\n",
		    "text: layers that are off");
	free(text);
	json_decref(status);

	status = status_read(put_status(NSGUARD_LAYER_ALL, 0));
	json_object_set_new(status, "state", json_string("guarding"));
	text = to_text(status, status_text);
	expect_text(text, "nsguard 0.1, guarding, mode audit, locked\n"
		    "UNHEALTHY   1 of 2 hooks do not run: security_file_open\n",
		    "text: a hook that does not run");
	free(text);
	json_decref(status);

	status = status_read(put_status(NSGUARD_LAYER_ALL, 1));
	text = to_text(status, status_text);
	ok(!strstr(text, "UNHEALTHY") && !strstr(text, "UNGUARDED") &&
	   !strstr(text, "OFF") &&
	   !strstr(text, "NOT LIVE") && !strstr(text, "STORM"), "text: a sound status alarms nobody");
	free(text);
	json_decref(status);
}

static void test_container(void)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_CONTAINERS_GET);
	json_t *list = json_array();
	char *text;

	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 7);
	mnl_attr_put_strz(nlh, NSGUARD_A_CONTAINER_NAME, "a b");
	mnl_attr_put_strz(nlh, NSGUARD_A_CONTAINER_CGROUP, "/x/a b");
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 0);
	mnl_attr_put_u32(nlh, NSGUARD_A_CONTAINER_TASKS, 1);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_EVENTS, 2);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_STARTED, 1000000001);
	mnl_attr_put_u32(nlh, NSGUARD_A_CONTAINER_MNT_NS, 4026532201U);
	mnl_attr_put_u32(nlh, NSGUARD_A_CONTAINER_PID_NS, 4026532202U);
	mnl_attr_put_u32(nlh, NSGUARD_A_CONTAINER_USER_NS, 4026531837U);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_ADOPTED, 1);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_PARENT, 3);
	expect(read_exact(nlh, container_read),
	       "{\"id\":7,\"name\":\"a b\",\"cgroup\":\"/x/a b\","
	       "\"certain\":false,\"tasks\":1,\"events\":2,"
	       "\"started\":\"1970-01-01T00:00:01.000000001Z\","
	       "\"mnt_ns\":4026532201,\"pid_ns\":4026532202,"
	       "\"user_ns\":4026531837,\"adopted\":true,\"parent\":3}", "a container");
	json_array_append_new(list, container_read(nlh));
	text = to_text(list, containers_text);
	expect_text(text, "\n7     1      2       3       no       4026532201  "
		    "1970-01-01T00:00:01.000000001Z  \"a b\"\n",
		    "text: a row of the table");
	free(text);
	json_decref(list);
}

int main(void)
{
	test_status();
	test_container();
	return tap_done();
}
