// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <linux/nsguard.h>

#include "genl.h"
#include "names.h"
#include "output.h"
#include "verb.h"

static int set_mode(struct genl *g, uint8_t mode)
{
	struct nlmsghdr *nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	int ret;

	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, mode);
	ret = genl_request(g, nlh, NULL, NULL);
	if (ret)
		genl_complain(g, "cannot set the mode", ret);
	return ret;
}

static int show_mode(struct genl *g, bool json)
{
	json_t *status = status_get(g);
	json_t *mode;

	if (!status)
		return -1;
	mode = json_object_get(status, "mode");
	if (json) {
		json_t *object = json_pack("{sO}", "mode", mode);

		out_json(stdout, object);
		json_decref(object);
	} else {
		out_value(stdout, mode);
		fputc('\n', stdout);
	}
	if (status_unguarded(status))
		out_error("the module's state is %s: nothing is guarded",
			  status_unguarded(status));
	json_decref(status);
	return out_flush(stdout) ? 0 : -1;
}

int verb_mode(const struct ctl *ctl, int argc, char **argv)
{
	int mode = argc ? mode_number(argv[0]) : -1;
	struct genl *g;
	int ret;

	if (argc > 1)
		return EXIT_USAGE;
	if (argc && mode < 0) {
		out_error("mode: \"%s\" is none of off, audit, enforce",
			  argv[0]);
		return EXIT_USAGE;
	}
	g = genl_open();
	if (!g)
		return EXIT_FAILURE;
	ret = argc ? set_mode(g, mode) : show_mode(g, ctl->json);
	genl_close(g);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
