# SPDX-License-Identifier: GPL-2.0
"""The mutants that can be made without knowing what the code is for."""
import re
from fnmatch import fnmatchcase

from source import Error


def change(text, edits, start, end):
    """A piece of the text with what is put in place of others"""
    for low, high, put in reversed(edits):
        text = text[:low] + put + text[high:]
        end += len(put) - (high - low)
    return text[start:end]


class Mutant:
    """One change: texts of a file, from start to end, give way to others"""

    def __init__(self, source, function, what, *edits):
        self.name = f"{source.name} {function}: {what}"
        self.source = source
        self.function = function
        # Of what kind below
        self.kind = "custom"
        self.edits = sorted(edits)
        self.suites = []
        self.digest = None

    def meets(self, other):
        """Whether both change the same text"""
        return any(s < high and low < e or (s, e) == (low, high)
                   for s, e, _ in self.edits for low, high, _ in other.edits)

    def shape(self):
        """What becomes of the functions and tables that it changes"""
        pieces = []
        for region in self.source.regions:
            edits = [e for e in self.edits
                     if region.start <= e[0] and e[1] <= region.end]
            if edits:
                pieces.append(change(self.source.text, edits, region.start, region.end))
        return pieces

    def apply(self):
        return change(self.source.text, self.edits, 0, len(self.source.text))


def fields(source, region):
    """Every rule of the table loses what it is broken by, and its family"""
    code = source.text[region.start:region.end]
    for match in re.finditer(r"\[NSG_RULE_(\w+)\]\s*=\s*\{", code):
        if match.group(1) == "NONE":
            continue
        start = region.start + match.end()
        end = source.code.index("}", start)
        parts = source.split(start, end, ",")
        if len(parts) != 4:
            raise Error(f"{source.name}: a rule has no four members")
        if source.said(*parts[3]) != "0":
            yield Mutant(source, region.name, f"{match.group(1)} has no field",
                         (*parts[3], "0"))
        family = source.said(*parts[2])
        other = {"NSG_INTEGRITY": "NSG_DESCENT",
                 "NSG_DESCENT": "NSG_INTEGRITY"}[family]
        yield Mutant(source, region.name, f"{match.group(1)} is {other}",
                     (*parts[2], other))


def entries(source, region):
    """Every line of a table goes"""
    for start, end in source.split(region.start, region.end, ","):
        if start < end:
            yield Mutant(source, region.name, f"no {source.said(start, end)}",
                         (start, end + 1, ""))


def uses(source, region):
    """Every point of use goes, or looks at no namespaces"""
    for start, end in source.split(region.start, region.end, ","):
        said = source.said(start, end)
        match = re.match(r"USE\((\w+), (true|false)\)$", said)
        if not match:
            continue
        yield Mutant(source, region.name, f"no {match.group(1)}",
                     (start, end + 1, ""))
        if match.group(2) == "true":
            yield Mutant(source, region.name, f"{match.group(1)} without "
                         "namespaces",
                         (start, end, f"USE({match.group(1)}, false)"))


def terms(source, region):
    """Every term of a condition goes"""
    for _, start, end in source.conditions(region):
        for at, to, nothing in source.terms(start, end):
            yield Mutant(source, region.name,
                         f"without {source.said(at, to)}", (at, to, nothing))


def never(source, region):
    """Every condition is as good as false"""
    for keyword, start, end in source.conditions(region):
        if keyword == "if":
            yield Mutant(source, region.name,
                         f"never {source.said(start, end)}",
                         (start, end,
                          f"false && ({source.text[start:end]})"))


def constant(source, region):
    """Every value of a predicate is the same"""
    for keyword, start, end in source.conditions(region):
        said = source.said(start, end)
        for value in ("true", "false"):
            if keyword == "return" and said != value:
                yield Mutant(source, region.name,
                             f"return {value} for {said}",
                             (start, end, value))


def zero(source, region):
    """The function finds nothing"""
    yield Mutant(source, region.name, "finds nothing",
                 (region.start, region.start,
                  "\n\tif (true)\n\t\treturn 0;\n"))


def empty(source, region):
    """The function does nothing"""
    yield Mutant(source, region.name, "does nothing",
                 (region.start, region.start,
                  "\n\tif (true)\n\t\treturn;\n"))


# Nothing depends on these but what is told of; a variable that is never set is
# no change that means anything.
SILENT = re.compile(r"(nsg_count|nsg_hit|nsg_err|nsg_notice|lockdep_assert\w+|"
                    r"might_sleep|cond_resched|RCU_LOCKDEP_WARN|memset)\b|"
                    r"\w+ = ")
LOCK = re.compile(r"(?P<what>rcu|task|(?:raw_)?spin|down|up|write_seqcount)_"
                  r"(?:(?:read_|write_)?(?:un)?lock\w*|read|write|begin|end)")


def statements(source, region):
    """Every statement goes"""
    for start, end in source.statements(region):
        if not (SILENT.match(source.code, start) or
                LOCK.match(source.code, start)):
            yield Mutant(source, region.name,
                         f"no {source.said(start, end)}", (start, end, ""))


def locks(source, region):
    """Every lock is neither taken nor given back"""
    pairs = {}
    for start, end in source.statements(region):
        match = LOCK.match(source.code, start, end)
        if match:
            what = re.sub("^(down|up)", "rwsem", match.group("what"))
            what += source.said(match.end(), end)
            pairs.setdefault(what.split(",")[0].rstrip(")"), []).append(
                (start, end, ""))
    for what, edits in pairs.items():
        yield Mutant(source, region.name, f"without {what.replace('(', ' ')}",
                     *edits)


KINDS = {kind.__name__: kind for kind in (
    fields, entries, uses, terms, never, constant, zero, empty, statements,
    locks)}


def generate(sources, lines):
    """lines: (kinds, file, pattern of functions).  One that finds nothing is an
    error: the code has moved."""
    for kinds, name, pattern in lines:
        if name not in sources:
            raise Error(f"no file {name}")
        source = sources[name]
        regions = [r for r in source.regions if fnmatchcase(r.name, pattern)]
        if not regions:
            raise Error(f"{name}: no function {pattern}")
        for kind in kinds:
            if kind not in KINDS:
                raise Error(f"no such kind of mutants: {kind}")
            made = [m for r in regions for m in KINDS[kind](source, r)]
            if not made:
                raise Error(f"{name} {pattern}: no mutants by {kind}")
            for mutant in made:
                mutant.kind = kind
            yield from made
