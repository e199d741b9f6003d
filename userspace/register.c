// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <linux/nsguard.h>

#include "genl.h"
#include "names.h"
#include "output.h"
#include "verb.h"

int verb_register(const struct ctl *ctl, int argc, char **argv)
{
	struct nlmsghdr *nlh;
	struct genl *g;
	uint64_t id = 0;
	int ret;

	if (argc != !ctl->pid || (argc && !parse_number(argv[0], &id)))
		return EXIT_USAGE;
	g = genl_open();
	if (!g)
		return EXIT_FAILURE;
	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
	if (ctl->pid)
		mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_PID, ctl->pid);
	else
		mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, id);
	ret = genl_request(g, nlh, NULL, NULL);
	if (ret)
		genl_complain(g, "cannot register the container", ret);
	genl_close(g);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
