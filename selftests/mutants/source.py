# SPDX-License-Identifier: GPL-2.0
"""C source as far as mutants need it: where functions and tables are, where a
text is in them, which terms a condition has and which statements a body."""
import re


class Error(Exception):
    """The list and the source do not fit together"""


def blank(text):
    """The text with comments, strings and preprocessor lines as blanks"""
    def cover(match):
        return re.sub(r"[^\n]", " ", match.group())

    text = re.sub(r"/\*.*?\*/|//[^\n]*", cover, text, flags=re.S)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', cover, text)
    return re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*", cover, text, flags=re.M)


def closing(code, at):
    """Where the bracket that opens at `at` is closed"""
    depth = 0
    for i in range(at, len(code)):
        if code[i] in "([{":
            depth += 1
        elif code[i] in ")]}":
            depth -= 1
            if not depth:
                return i
    raise Error("a bracket that is never closed")


def name_of(head):
    """What is defined: a wrapper goes by the function that it wraps"""
    match = re.search(r"NSG_WRAPPER(?:_DOOR)?(_VOID)?\s*\(\s*(?:(?(1)|[\w ]+,\s*))(\w+)",
                      head)
    if match:
        return match.group(2)
    match = re.search(r"(\w+)\s*(?:\[[^]]*\]\s*)*=\s*$", head)
    if match:
        return match.group(1)
    name = None
    depth = 0
    for match in re.finditer(r"(\w+)\s*\(|[()]", head):
        if match.group().endswith("("):
            if not depth and match.group(1):
                name = match.group(1)
            depth += 1
        else:
            depth -= 1
    return name


class Region:
    """The body of a function or a table, by its place in the file"""

    def __init__(self, name, start, end):
        self.name, self.start, self.end = name, start, end


class Source:
    def __init__(self, name, text):
        self.name, self.text = name, text
        self.code = blank(text)
        self.regions = list(self.find_regions())

    def find_regions(self):
        head = at = 0
        while at < len(self.code):
            char = self.code[at]
            if char == ";":
                head = at + 1
            elif char == "{":
                end = closing(self.code, at)
                name = name_of(self.code[head:at])
                if name:
                    yield Region(name, at + 1, end)
                at = head = end + 1
                continue
            elif char == "(":
                at = closing(self.code, at)
            at += 1

    def region(self, name):
        found = [r for r in self.regions if r.name == name]
        if len(found) != 1:
            raise Error(f"{self.name}: {len(found)} definitions of {name}")
        return found[0]

    def find(self, name, text):
        """Where the text is in a definition, whatever its line breaks"""
        region = self.region(name)
        pattern = r"\s+".join(re.escape(word) for word in text.split())
        found = list(re.compile(pattern).finditer(self.text, region.start,
                                                  region.end))
        if len(found) != 1:
            raise Error(f"{self.name}: {name} has {len(found)} times: {text}")
        return found[0].span()

    def trim(self, start, end):
        while start < end and self.code[start].isspace():
            start += 1
        while start < end and self.code[end - 1].isspace():
            end -= 1
        return start, end

    def said(self, start, end):
        """A piece of it on one line, for a name"""
        return " ".join(self.text[start:end].split())

    def split(self, start, end, operator):
        """An expression at an operator that is in no bracket"""
        parts, at, begin = [], start, start
        while at < end:
            if self.code[at] in "([{":
                at = closing(self.code, at)
            elif self.code.startswith(operator, at):
                parts.append(self.trim(begin, at))
                begin = at = at + len(operator)
                continue
            at += 1
        parts.append(self.trim(begin, end))
        return parts

    def terms(self, start, end):
        """(start, end, what stands for nothing) of each term of a condition"""
        for operator, nothing in (("?", None), ("||", "false"), ("&&", "true")):
            parts = self.split(start, end, operator)
            if len(parts) == 1:
                continue
            for part in parts:
                if nothing:
                    yield (*part, nothing)
                yield from self.terms(*part)
            return
        at = start
        while at < end:
            if self.code[at] in "([":
                close = closing(self.code, at)
                before = re.search(r"(\w*)\s*$", self.code[start:at]).group(1)
                if before in ("", "likely", "unlikely", "data_race"):
                    yield from self.terms(*self.trim(at + 1, close))
                at = close
            at += 1

    def conditions(self, region):
        """(keyword, start, end) of each if, while, for, return and value"""
        for match in re.compile(r"\b(?:if|while|for|return)\b|[^=!<>]=(?!=)"
                                ).finditer(self.code, region.start, region.end):
            at, word = match.end(), match.group()
            if word in ("if", "while", "for"):
                at = self.code.index("(", at)
                start, end = at + 1, closing(self.code, at)
                if word == "for":
                    start, end = self.split(start, end, ";")[1]
                yield (word, *self.trim(start, end))
                continue
            end = at
            while self.code[end] not in ",;)}]":
                end = closing(self.code, end) + 1 if self.code[end] in "([{" \
                    else end + 1
            if self.code[at:end].strip():
                yield (word if word == "return" else "=", *self.trim(at, end))

    def statements(self, region):
        """(start, end) of each expression that is a statement"""
        begin = at = region.start
        while at < region.end:
            char = self.code[at]
            if char in "([":
                at = closing(self.code, at)
            elif char in "{}":
                begin = at + 1
            elif char == ";":
                yield from self.statement(begin, at)
                begin = at + 1
            at += 1

    def head(self, begin, end):
        """A statement without what it depends on"""
        begin, end = self.trim(begin, end)
        while True:
            match = re.compile(r"(else\b|do\b|\w+:(?!:))\s*|"
                               r"(?:if|for|while|switch|\w*for_each\w*)\s*\("
                               ).match(self.code, begin, end)
            if not match:
                break
            begin = match.end()
            if not match.group(1):
                begin = closing(self.code, begin - 1) + 1
            begin, end = self.trim(begin, end)
        return begin, end

    def unit(self, region, start, end):
        """(kind, start, end) of the least condition, value or statement around a
        piece, None if there is none"""
        for keyword, low, high in sorted(self.conditions(region),
                                         key=lambda c: c[2] - c[1]):
            if low <= start and end <= high:
                kind = "value" if keyword in ("return", "=") else "condition"
                return kind, low, high
        begin = max(self.code.rfind(c, region.start, start) for c in ";{}") + 1
        stop = self.code.find(";", end, region.end)
        if stop < 0:
            return None
        begin, stop = self.head(max(begin, region.start), stop)
        if begin > start or re.search(r"[{}]", self.code[begin:stop]):
            return None
        return "statement", begin, stop

    def statement(self, begin, end):
        begin, end = self.head(begin, end)
        code = self.code[begin:end]
        if not code or re.match(
                r"(return|goto|break|continue|case|default|const|static|struct|"
                r"unsigned|enum|union|void|int|long|bool|char|size_t|[us](8|16|"
                r"32|64)|pid_t|dev_t|kgid_t|DEFINE_\w+)\b|\w+ \**\w+( =|$|,)",
                code):
            return
        yield begin, end
