#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Makes docs/conformance.md of what the matrix said.

conformance.py VERSION DATE RESULTS... > docs/conformance.md

RESULTS are what guests printed: matrix.c's lines "# cell TECHNIQUE KIND SHOOTER
USE WAY MODE=EFFECTS/TRIES...".
"""

import collections
import re
import sys

MODES = ("off", "audit", "enforce")
USES = (
    ("Files", ("read", "create", "mkdir", "unlink", "rename", "truncate",
               "chmod", "mknod")),
    ("Capabilities", ("mount", "overmount", "module", "bpf", "hostname",
                      "cgroup")),
    ("Namespaces", ("abstract", "loopback", "datagram", "ipc", "kill",
                    "ptrace", "work")),
)
SUBJECTIVE = ("subjective", "subjective-init", "override")
CELL = re.compile(r"^\| # cell (\S+) (\S+) (\S+) (\S+) (\S+) (.*)$")
TRIED = re.compile(r"(\w+)=(\d+)/(\d+)")

Cell = collections.namedtuple("Cell", "technique kind shooter use way tried")


class Sum:
    """Effects and tries by mode"""

    def __init__(self):
        self.cells = 0
        self.by_mode = {mode: [0, 0] for mode in MODES}

    def add(self, cell):
        self.cells += 1
        for mode, (effects, tries) in cell.tried.items():
            if mode in self.by_mode:
                self.by_mode[mode][0] += effects
                self.by_mode[mode][1] += tries

    def text(self):
        """Effects of each mode; a dash where it was not tried"""
        return " ".join(str(e) if t else "–" for e, t in self.by_mode.values())


def is_race(cell):
    return cell.way == "loop" or (cell.way == "sibling" and
                                  cell.technique in SUBJECTIVE)


def read(path):
    release, seed, cells, checks = None, set(), [], [0, 0]
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            found = CELL.match(line)
            if line.startswith("GUEST "):
                release = line.split()[1]
            elif line.startswith("| # seed "):
                seed.add(line.split()[3])
            elif found:
                tried = {mode: (int(effects), int(tries)) for
                         mode, effects, tries in TRIED.findall(found[6])}
                cells.append(Cell(*found.groups()[:5], tried))
            elif line.startswith(("| ok ", "| not ok ")):
                checks[line.startswith("| not ")] += 1
    return release, seed, cells, checks


def table(head, rows):
    print("|" + "|".join(head) + "|")
    print("|" + "---|" * len(head))
    for row in rows:
        print("|" + "|".join(row) + "|")
    print()


def order(cells, axis):
    """Values in the order in which a reader finds them easily"""
    return sorted({getattr(cell, axis) for cell in cells})


def by_use(cells):
    for title, uses in USES:
        sums = collections.defaultdict(Sum)
        for cell in cells:
            sums[cell.technique, cell.use].add(cell)
        rows = []
        for technique in order(cells, "technique"):
            if any((technique, use) in sums for use in uses):
                rows.append([technique] + [
                    sums[technique, use].text() if (technique, use) in sums
                    else "" for use in uses])
        if rows:
            print(f"### {title}\n")
            table(["state"] + list(uses), rows)


def by_axis(cells, axis, title):
    sums = collections.defaultdict(Sum)
    for cell in cells:
        sums[getattr(cell, axis)].add(cell)
    table([title, "cells", *MODES],
          [[value, str(sums[value].cells)] +
           [f"{e}/{t}" for e, t in sums[value].by_mode.values()]
           for value in order(cells, axis)])


def races(cells):
    sums = collections.defaultdict(Sum)
    for cell in cells:
        sums[cell.technique, cell.way].add(cell)
    print("### Races\n")
    print("Tries under enforce, and misses among them.\n")
    table(["state", "way", "tries", "misses"],
          [[*key, str(sums[key].by_mode["enforce"][1]),
            str(sums[key].by_mode["enforce"][0])] for key in sorted(sums)])


def kernel(release, seeds, cells, checks):
    plain = [cell for cell in cells if not is_race(cell)]
    leaving = [cell for cell in plain if cell.way == "exit"]
    acting = [cell for cell in plain if cell.way != "exit"]
    total = Sum()
    for cell in acting:
        total.add(cell)
    print(f"## {release}\n")
    print(f"{len(cells)} cells, chosen with seed {', '.join(sorted(seeds))}: "
          f"{len(acting)} below, {len(leaving)} where the attacker exits at "
          f"once (no effect to be had; one event each), "
          f"{len(cells) - len(plain)} races.")
    print(f"Checks that failed: {checks[1]}.")
    print("Effects of tries: " + ", ".join(
        f"{mode} {e} of {t}" for mode, (e, t) in total.by_mode.items() if t) +
        ".\n")
    by_use(acting)
    by_axis(acting, "way", "way")
    by_axis(acting, "kind", "container")
    by_axis(acting, "shooter", "fired")
    if len(plain) < len(cells):
        races([cell for cell in cells if is_race(cell)])


def main():
    version, date, *paths = sys.argv[1:]
    found = {}
    for path in paths:
        release, seeds, cells, checks = read(path)
        if not cells:
            sys.exit(f"{path}: no cells")
        known = found.setdefault(release, (set(), [], [0, 0]))
        known[0].update(seeds)
        known[1].extend(cells)
        for i in (0, 1):
            known[2][i] += checks[i]
    print(f"""# Conformance

Made by `make matrix`: nsguard {version}, {date}. Not to be edited.

Each cell is an attack: a state that no container should have (rows), used for
something that the host notices (columns), by one of many ways and in one of
several kinds of containers, which are chosen at random so that every two of
these meet where they can. A process of the host judges, never the attacker. A
table's entry is the number of effects that were seen with the guard off, in
audit and in enforce: `3 3 0` is three attacks that work, are reported, and are
stopped. Under audit each is told of, under enforce with exactly one event for each
process that it hits.
An entry is empty where the state does not enable the use
(`selftests/attack/technique.c` says why) or, on a kernel with few cells, where
the choice did not fall on it. A dash: not tried in that mode. The kernel
whose name has no suffix is the debug kernel (KASAN, lockdep, kmemleak).
""")
    for release in sorted(found):
        kernel(release, *found[release])


main()
