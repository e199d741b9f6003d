// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "attack/witness.h"
#include "common/tap.h"
#include "common/util.h"

static void make_dir(const char *path, mode_t mode)
{
	if (mkdir(path, mode) || chmod(path, mode))
		bail("%s", path);
}

static void listen_on(struct witness *w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	w->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   0);
	strcpy(at.sun_path + 1, w->word);
	if (bind(w->socket, (struct sockaddr *)&at,
		 offsetof(struct sockaddr_un, sun_path) + 1 + strlen(w->word)))
		bail("bind the abstract socket");
}

void witness_start(struct witness *w)
{
	char path[128];

	random_word(w->word, sizeof(w->word) - 1);
	random_word(w->secret, sizeof(w->secret) - 1);
	random_word(w->text, sizeof(w->text) - 1);
	w->owner = random_between(2000000, 2000000000);

	snprintf(w->dir, sizeof(w->dir), "/host/%s", w->word);
	make_dir(w->dir, 0755);
	snprintf(w->share, sizeof(w->share), "%s/share", w->dir);
	make_dir(w->share, 0755);
	snprintf(path, sizeof(path), "%s/out", w->share);
	make_dir(path, 0777);
	snprintf(path, sizeof(path), "%s/locked", w->share);
	make_dir(path, 0700);
	if (chown(path, w->owner, w->owner))
		bail("%s", path);
	snprintf(path, sizeof(path), "%s/open", w->dir);
	make_dir(path, 0777);
	snprintf(path, sizeof(path), "%s/secret", w->share);
	put_file(path, w->secret, strlen(w->secret), 0600);
	if (chown(path, w->owner, w->owner))
		bail("%s", path);
	listen_on(w);
}

void witness_tell(const struct witness *w, struct recipe *recipe)
{
	char path[128];

	snprintf(recipe->path, sizeof(recipe->path), "%s/open/mark", w->dir);
	snprintf(recipe->socket, sizeof(recipe->socket), "%s", w->word);
	snprintf(recipe->text, sizeof(recipe->text), "%s", w->text);
	snprintf(recipe->shot.act_text, sizeof(recipe->shot.act_text), "%s",
		 w->text);
	if (!recipe->shot.act_path[0])
		strcpy(recipe->shot.act_path,
		       recipe->shot.prim == FIXTURE_FS_ROOT ? recipe->path :
							      LOCKED_PATH);
	snprintf(path, sizeof(path), "%s/recipe", w->share);
	put_file(path, recipe, sizeof(*recipe), 0644);
}

/* Where the effect would lie; false if it is no file. */
static bool effect_path(const struct witness *w, enum reach reach, char *path,
			size_t size, const char **content)
{
	switch (reach) {
	case REACH_SECRET:
		snprintf(path, size, "%s/out/loot", w->share);
		*content = w->secret;
		return true;
	case REACH_ROOT:
		snprintf(path, size, "%s/open/mark", w->dir);
		*content = w->text;
		return true;
	default:
		return false;
	}
}

bool witness_saw(struct witness *w, enum reach reach)
{
	char path[128], got[128];
	const char *content;
	ssize_t n;

	if (reach == REACH_SOCKET) {
		n = recv(w->socket, got, sizeof(got), 0);
		return n == (ssize_t)strlen(w->text) &&
		       !memcmp(got, w->text, n);
	}
	if (!effect_path(w, reach, path, sizeof(path), &content))
		return false;
	/* An empty file is an effect, too: it was created. */
	return read_text(path, got, sizeof(got)) >= 0;
}

bool witness_saw_act(const struct witness *w)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/locked/mark", w->share);
	if (!access(path, F_OK))
		return true;
	snprintf(path, sizeof(path), "%s/open/mark", w->dir);
	return !access(path, F_OK);
}

void witness_expect(const struct witness *w, enum reach reach, bool effect)
{
	const char *content;
	char path[128];

	/* The disk's root is /host. */
	if (effect_path(w, reach, path, sizeof(path), &content))
		disk_expect(path + strlen("/host"), effect,
			    effect ? content : NULL);
}

void witness_stop(struct witness *w)
{
	char path[128];

	close(w->socket);
	snprintf(path, sizeof(path), "%s/recipe", w->share);
	unlink(path);
}
