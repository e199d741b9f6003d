#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Judges what stall.sh printed, as TAP.

usage: report.py TITLE < OUTPUT

A line is "PHASE KIND PLACE MOST MOST-INTERRUPTED COUNT".  Exit status 1 if a
stretch is longer than its limit or the output is not complete.
"""

import sys

# Instructions, which are nanoseconds of the guest.
LIMITS = {"off": 100_000, "stretch": 1_000_000}
SWEEP_LIMIT = 1_000_000
# What is not told apart of an interrupt that comes within a stretch.
INTERRUPT = 20_000
# Loading and leaving: most of what they do is the kernel's ftrace, which patches
# functions one by one and gives way between them where this can't see it.
NOT_JUDGED = ("nsguard_init", "retire_set", "take_hooks_off", "unprepare")
TEXT = {
    "off": "with preemption off",
    "stretch": "without giving way",
    "whole": "in one call",
}
SHOWN = 15


class Place:
    """What was measured of one function, or line, over all phases."""

    def __init__(self):
        self.most, self.phase = 0, "-"
        self.disturbed, self.disturbed_phase = 0, "-"
        self.count = 0

    def add(self, phase, most, disturbed, count):
        """Takes in what one phase has measured."""
        if most > self.most:
            self.most, self.phase = most, phase
        if disturbed > self.disturbed:
            self.disturbed, self.disturbed_phase = disturbed, phase
        self.count += count

    def over(self, limit):
        """Is it too long, whatever interrupts have added?"""
        return self.most > limit or self.disturbed > limit + INTERRUPT


def read(lines):
    """Places by kind and name; whether the end was reached."""
    places = {kind: {} for kind in TEXT}
    complete = False
    for line in lines:
        words = line.split()
        if line.startswith("end of the phases"):
            complete = True
        elif line.startswith("#"):
            print(line.rstrip())
        elif len(words) == 6 and words[1] in places:
            place = places[words[1]].setdefault(words[2], Place())
            place.add(words[0], *map(int, words[3:]))
    return places, complete


def show(kind, places):
    """Prints the longest of a kind."""
    order = sorted(places.items(),
                   key=lambda p: -max(p[1].most, p[1].disturbed))
    print("#\n# %s: instructions (in the phase), with an interrupt among them,"
          " times" % TEXT[kind])
    for name, place in order[:SHOWN]:
        print("#   %-28s %9d (%s) %9d (%s) %9d" %
              (name, place.most, place.phase, place.disturbed,
               place.disturbed_phase, place.count))


def main():
    places, complete = read(sys.stdin)
    print("# kernel %s" % sys.argv[1])
    for kind in TEXT:
        show(kind, places[kind])
    tests = [(complete, "all phases were gone through")]
    for kind, limit in LIMITS.items():
        long = [name for name, place in sorted(places[kind].items())
                if place.over(limit) and
                (kind == "off" or name not in NOT_JUDGED)]
        tests.append((places[kind] and not long,
                      "no stretch %s takes more than %d%s" %
                      (TEXT[kind], limit,
                       long and ": " + " ".join(long) or "")))
    sweep = places["whole"].get("sweep")
    tests.append((sweep and not sweep.over(SWEEP_LIMIT),
                  "no tick of the sweep takes more than %d" % SWEEP_LIMIT))
    print("1..%d" % len(tests))
    for i, (good, text) in enumerate(tests, 1):
        print("%s %d - %s" % ("ok" if good else "not ok", i, text))
    return 0 if all(good for good, _ in tests) else 1


if __name__ == "__main__":
    sys.exit(main())
