/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_RULES_H
#define NSGUARDCTL_RULES_H

/**
 * struct rule - what is said of a rule to whoever has to deal with an incident
 * @name: its stable name, as in events and the log
 * @family: "integrity" or "descent"
 * @technique: ATT&CK identifier
 * @title: one line
 * @meaning: what was seen
 * @gain: what an attacker has from it
 * @innocent: what might look like it without being an attack
 * @next: what to do now
 *
 * Texts are plain ASCII in paragraphs without line ends.  nsguard(7), explain
 * and the completion all take them from here.
 */
struct rule {
	const char *name;
	const char *family;
	const char *technique;
	const char *title;
	const char *meaning;
	const char *gain;
	const char *innocent;
	const char *next;
};

/* Every rule in the order of the module's; ends with one without a name. */
extern const struct rule rules[];

/* The rule of that name, or NULL. */
const struct rule *rule_find(const char *name);

#endif /* NSGUARDCTL_RULES_H */
