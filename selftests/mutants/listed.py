# SPDX-License-Identifier: GPL-2.0
"""Reads mutants.list"""
import re
from fnmatch import fnmatchcase

from generate import Mutant, generate
from source import Error


class Book:
    """suites: tests by name; mutants: all of them; why(): what speaks for a
    survivor"""

    def __init__(self, path, sources):
        self.suites, self.mutants, self.reasons = {}, [], []
        self.errors = []
        self.sources = sources
        for number, head, body in stanzas(path.read_text()):
            try:
                self.read(head, body)
            except Error as err:
                raise Error(f"line {number}: {err}") from None
        self.check()

    def read(self, head, body):
        word, _, rest = head.partition(" ")
        if word == "suite":
            self.suites[rest] = [tuple(line.split(" ", 1)) for line in body]
        elif word == "make":
            self.make(rest)
        elif word == "mutant":
            self.add(rest, body)
        elif word == "survives":
            self.reasons.append((rest, " ".join(body)))
        else:
            raise Error(f"neither suite, make, mutant nor survives: {word}")

    def make(self, rest):
        match = re.match(r"(\S+) in (\S+) (\S+?)(?: (\S+))?: (.+)$", rest)
        if not match:
            raise Error("make KIND,... in FILE FUNCTION [WORD]: SUITE...")
        kinds, name, pattern, only, suites = match.groups()
        # What a line above has made goes by its tests.
        known = {(m.source.name, *m.edits) for m in self.mutants}
        names = {m.name for m in self.mutants}
        made = list(generate(self.sources, [(kinds.split(","), name, pattern)]))
        if only:
            made = [m for m in made if re.search(rf"\b{only}\b", m.name)]
        if not made:
            raise Error(f"{name} {pattern}: no mutants with {only}")
        for mutant in made:
            if (mutant.source.name, *mutant.edits) in known:
                continue
            first, times = mutant.name, 1
            while mutant.name in names:
                times += 1
                mutant.name = f"{first} ({times})"
            names.add(mutant.name)
            self.append(mutant, suites.split())

    def add(self, what, body):
        place, edits, suites = None, [], []
        for line in body:
            word, _, rest = line.partition(" ")
            if word == "in":
                place = rest.split()
            elif word == "find":
                if place[0] not in self.sources:
                    raise Error(f"no file {place[0]}")
                edits.append((*self.sources[place[0]].find(place[1], rest), ""))
            elif word == "put":
                edits[-1] = (*edits[-1][:2], rest)
            elif word == "tests":
                suites = rest.split()
            else:
                raise Error(f"neither in, find, put nor tests: {word}")
        if not edits:
            raise Error(f"nothing is changed: {what}")
        self.append(Mutant(self.sources[place[0]], place[1], what, *edits), suites)

    def append(self, mutant, suites):
        for suite in suites:
            if suite not in self.suites:
                raise Error(f"no suite {suite}")
        if not suites:
            raise Error(f"no tests: {mutant.name}")
        mutant.suites = suites
        self.mutants.append(mutant)

    def why(self, mutant):
        for pattern, reason in self.reasons:
            if pattern in (mutant.name, "*") or fnmatchcase(mutant.name, pattern):
                return reason
        return None

    def check(self):
        names = [m.name for m in self.mutants]
        for name in set(names):
            if names.count(name) > 1:
                raise Error(f"two of the name {name}")
        for pattern, _ in self.reasons:
            if not any(n == pattern or fnmatchcase(n, pattern) for n in names):
                raise Error(f"a reason for none: {pattern}")


def stanzas(text):
    """(line number, first line, indented lines) of each"""
    head, body, at = None, [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] in "\t ":
            if head is None:
                raise Error(f"line {number}: no stanza before it")
            body.append(line.strip())
            continue
        if head is not None:
            yield at, head, body
        head, body, at = line.strip(), [], number
    if head is not None:
        yield at, head, body
