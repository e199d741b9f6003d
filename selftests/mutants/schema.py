# SPDX-License-Identifier: GPL-2.0
"""The module with all mutants in it, each behind the question whether it is wanted
(schema/nsg_mutant.h).  Lines stay where they are: by that it is known of what the
compiler complains, and those mutants are built alone."""
import re

from source import Error

# What may be asked twice, or not at all, and nobody notices.
PURE = re.compile(r"READ_ONCE|WARN_ON\w*|data_race|(?:un)?likely|test_bit|IS_ERR\w*|"
                  r"ARRAY_SIZE|BIT|BIT_ULL|NSG_F_BIT|has_cap|"
                  r"nsg_(?:root_same|fast_\w+|words_differ|marked|may_sleep|"
                  r"layer_active|record_is|mode)")


class Node:
    """A piece of a file and what mutants have in its place"""

    def __init__(self, kind, start, end):
        self.kind, self.start, self.end = kind, start, end
        self.puts = []
        self.inner = []

    def holds(self, other):
        return self.start <= other.start and other.end <= self.end


def flat(text):
    return " ".join(text.split())


def is_pure(text):
    return all(PURE.fullmatch(name) for name in re.findall(r"(\w+)\s*\(", text)
               if name not in ("if", "sizeof"))


def pieces(mutant):
    """(kind, start, end, put) of each changed place; none if it can't be done so"""
    source = mutant.source
    found = []
    for start, end, put in mutant.edits:
        if mutant.kind in ("terms", "never"):
            put = put if mutant.kind == "terms" else "false"
            found.append(("condition", start, end, put))
        elif mutant.kind == "constant":
            found.append(("value", start, end, put))
        elif mutant.kind in ("zero", "empty"):
            found.append(("begin", start, end, flat(put).split(")", 1)[1]))
        elif mutant.kind in ("statements", "locks"):
            found.append(("statement", start, end, ""))
        elif mutant.kind == "custom":
            unit = source.unit(source.region(mutant.function), start, end)
            if not unit or len(mutant.edits) > 1:
                return []
            text = source.text[unit[1]:start] + put + source.text[end:unit[2]]
            found.append((*unit, flat(text)))
        else:
            return []
    if any("\n#" in source.text[start:end] for _, start, end, _ in found):
        return []
    return found


class Schema:
    """numbers: of all mutants; alone: the names of those that are not in it"""

    def __init__(self, sources, mutants):
        self.sources = sources
        self.mutants = mutants
        self.numbers = {m.name: i for i, m in enumerate(mutants, 1)}
        self.by_number = dict(enumerate(mutants, 1))
        self.alone = set()
        self.nodes = {}
        self.plant()

    def plant(self):
        """The trees of what is changed"""
        self.nodes = {name: {} for name in self.sources}
        for mutant in self.mutants:
            if mutant.name in self.alone:
                continue
            found = pieces(mutant)
            if not found:
                self.alone.add(mutant.name)
            for kind, start, end, put in found:
                node = self.nodes[mutant.source.name].setdefault(
                    (start, end, kind), Node(kind, start, end))
                node.puts.append((self.numbers[mutant.name], put))
        for name, nodes in self.nodes.items():
            self.nodes[name] = self.nest(sorted(nodes.values(), key=self.order))

    @staticmethod
    def order(node):
        return (node.start, -node.end,
                ("begin", "statement", "value", "condition").index(node.kind))

    def nest(self, nodes):
        top, stack = [], []
        for node in nodes:
            while stack and stack[-1].end <= node.start:
                stack.pop()
            if stack and not stack[-1].holds(node):
                self.alone.update(self.by_number[n].name for n, _ in node.puts)
                continue
            (stack[-1].inner if stack else top).append(node)
            if node.start < node.end:
                stack.append(node)
        return top

    def text(self, name):
        source = self.sources[name]
        text = self.render(source, 0, len(source.text), self.nodes[name])
        if name == "main.c":
            text = re.sub(r"module_init\((\w+)\);", self.frame("__init", "int",
                          r"return nsg_mutant_begin(\1);", "init"), text)
            text = re.sub(r"module_exit\((\w+)\);", self.frame("__exit", "void",
                          r"\1(); nsg_mutant_end();", "exit"), text)
        return text

    @staticmethod
    def frame(section, result, body, which):
        return (rf"static {result} {section} nsg_mutant_{which}(void) {{ {body} }} "
                rf"module_{which}(nsg_mutant_{which});")

    def render(self, source, start, end, nodes):
        text, at = "", start
        for node in nodes:
            text += source.text[at:node.start] + self.change(source, node)
            at = node.end
        return text + source.text[at:end]

    def change(self, source, node):
        text = self.render(source, node.start, node.end, node.inner)
        plain = source.text[node.start:node.end]
        for number, put in node.puts:
            if node.kind == "condition" and is_pure(plain):
                text = f"nsg_mutant_of({number}, !!({text}), {put})"
            elif node.kind == "condition":
                text = f"(nsg_mutant_is({number}) ? {put} : !!({text}))"
            elif node.kind == "value":
                text = f"(nsg_mutant_is({number}) ? ({put}) : ({text}))"
            elif node.kind == "begin":
                text += f" if (nsg_mutant_is({number})) {put}"
            elif put:
                text = (f"do {{ if (nsg_mutant_is({number})) {{ {put}; }} else {{ "
                        f"{text}; }} }} while (0)")
            else:
                text = (f"do {{ if (!nsg_mutant_is({number})) {{ {text}; }} }} "
                        "while (0)")
        return text

    def blame(self, name, line):
        """The mutants in a line that does not compile leave, or all of its function"""
        source = self.sources[name]
        starts = [0] + [m.end() for m in re.finditer("\n", source.text)]
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(source.text)
        region = next((r for r in source.regions if r.start <= end and start <= r.end),
                      None)
        spans = [(start, end)] + ([(region.start, region.end)] if region else [])
        for low, high in spans:
            guilty = {m.name for m in self.mutants
                      if m.source is source and m.name not in self.alone and
                      any(s < high and low <= e for s, e, _ in m.edits)}
            if guilty:
                self.alone |= guilty
                return
        raise Error(f"{name}:{line} does not compile, and no mutant is in it")
