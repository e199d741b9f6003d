// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the rules as the part of nsguard(7) that tells of them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rules.h"

#define WIDTH	60

/* In roff "-" is a hyphen and may become one that can't be searched for. */
static int roff_word(const char *word, int len)
{
	int width = 0;

	/* At the start of a line these are commands. */
	if (*word == '.' || *word == '\'')
		width += printf("\\&");
	for (int i = 0; i < len; i++) {
		if (word[i] == '\\')
			width += printf("\\e");
		else
			width += printf(word[i] == '-' ? "\\-" : "%c", word[i]);
	}
	return width;
}

/* Lines end where sentences do, for the space behind them, and at WIDTH. */
static void roff(const char *text)
{
	int column = 0;

	while (*text) {
		int len = strcspn(text, " ");
		bool full = text[len - 1] == '.';

		column += roff_word(text, len);
		text += len + !!text[len];
		if (*text && (full || column > WIDTH)) {
			putchar('\n');
			column = 0;
		} else if (*text) {
			column += printf(" ");
		}
	}
}

static void sentence(const char *label, const char *text)
{
	printf(".IP\n.I %s\n", label);
	roff(text);
	putchar('\n');
}

int main(void)
{
	for (const struct rule *rule = rules; rule->name; rule++) {
		printf(".SS ");
		roff(rule->name);
		putchar('\n');
		roff(rule->title);
		printf("\n.RI ( %s ,\nATT&CK %s).\n.IP\n", rule->family,
		       rule->technique);
		roff(rule->meaning);
		putchar('\n');
		sentence("Gain:", rule->gain);
		sentence("Innocent:", rule->innocent);
		sentence("Next:", rule->next);
	}
	return 0;
}
