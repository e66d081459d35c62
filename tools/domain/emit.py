"""From a program to its Python source."""
from model import ADD, ATOM, fill

VARIABLE = {"int": "x", "str": "w", "chr": "c"}


class Items:
    """The items at one point of a program, as a comprehension not yet written."""

    def __init__(self, var, loops, expr, prec, conds, direct, while_loop=()):
        self.var, self.loops, self.expr, self.prec = var, list(loops), expr, prec
        self.conds, self.direct, self.while_loop = list(conds), direct, while_loop

    def untouched(self):
        return bool(self.direct) and self.expr == self.var and not self.conds

    def clauses(self):
        text = " ".join(self.loops)
        return text + (" if " + " and ".join(self.conds) if self.conds else "")

    def comprehension(self):
        return self.expr + " " + self.clauses()


class Writer:
    """Writes one program; `lines` are the statements so far."""

    def __init__(self, program):
        self.program = program
        self.lines = []
        self.names = ["out", "zs", "ys"]
        source = program.source
        const = dict(zip("cb", program.source_values))
        fmt = lambda text: text.format(**const)
        while_loop = tuple(fmt(p) if isinstance(p, str) else tuple(map(fmt, p)) for p in source.while_loop)
        var = source.var
        self.items = Items(var, map(fmt, source.loops), source.expr or var, source.prec,
                           source.conds, fmt(source.direct), while_loop)
        if while_loop and not source.loops:
            self.items.var = self.items.expr = "x"

    def name(self):
        return self.names.pop()

    def settle_while(self):
        """Materialise the items of a while loop as a list with a name."""
        items = self.items
        if items.while_loop and not items.loops:
            header, before, expr, after = items.while_loop
            name = self.name()
            self.lines += list(before) + [name + " = []", header, "    " + name + ".append(" + expr + ")"]
            self.lines += ["    " + line for line in after]
            items.loops, items.direct = ["for x in " + name], name
        items.while_loop = ()

    def as_list(self):
        self.settle_while()
        if not self.items.untouched():
            return "[" + self.items.comprehension() + "]"
        return "list(s)" if self.items.direct == "s" else self.items.direct

    def as_iterable(self):
        """The argument of a call that takes nothing else."""
        self.settle_while()
        return self.items.direct if self.items.untouched() else self.items.comprehension()

    def as_named(self):
        text = self.as_list()
        if text.isidentifier():
            return text
        name = self.name()
        self.lines.append(name + " = " + text)
        return name

    def over(self, text):
        """Continue with the items of the list expression `text`."""
        var = VARIABLE[self.kind]
        self.items = Items(var, ["for " + var + " in " + text], var, ATOM, [], text)

    def stage(self, use, last):
        op, items, const = use.op, self.items, use.constants()
        if op.kind == "filter":
            items.conds.append(fill(op.code, items.expr, items.prec, const))
        elif op.kind == "map":
            items.expr, items.prec = fill(op.code, items.expr, items.prec, const), op.prec
        elif op.loop:
            text, name = self.as_list(), self.name()
            start, update, value = op.loop
            self.lines += [name + " = []"] + ([start] if start else []) + ["for x in " + text + ":"]
            self.lines += (["    " + update] if update else []) + ["    " + name + ".append(" + value.format(n=name) + ")"]
            self.over(name)
        elif op.named:
            self.over(fill(op.code, self.as_named(), ATOM, const))
        else:
            self.over(fill(op.code, self.as_list(), ATOM, const))
        if op.kind == "list" and op.prec == ADD and not last:
            name = self.name()
            self.lines.append(name + " = " + self.items.direct)
            self.over(name)
        self.kind = op.gives

    def loop(self, start, update):
        """The final operator as an explicit loop."""
        items, indent = self.items, ""
        result = start.split()[0]
        self.lines.append(start)
        if items.while_loop:
            header, before, value, after = items.while_loop
            self.lines = list(before) + self.lines + [header]
            indent = "    "
            if value.isidentifier() and value != "x":
                items.conds = [swap(cond, "x", value) for cond in items.conds]
                items.expr = swap(items.expr, "x", value)
            else:
                self.lines.append(indent + "x = " + value)
        else:
            after = ()
            for head in items.loops:
                self.lines.append(indent + head + ":")
                indent += "    "
        update_line = fill(update, items.expr, items.prec, {})
        outer = indent
        if items.conds:
            self.lines.append(indent + "if " + " and ".join(items.conds) + ":")
            indent += "    "
        self.lines.append(indent + update_line)
        self.lines += [outer + line for line in after]
        self.lines.append("return " + result)

    def finish(self, use):
        op, const = use.op, use.constants()
        items, template = self.items, op.code
        if op.key == "indices":
            self.lines.append("return " + "{x: i for i, x in enumerate(" + self.as_list() + ")}")
        elif op.loop and (op.force_loop or items.while_loop):
            self.loop(op.loop[0].format(), op.loop[1])
        elif "([P] for)" in template:
            name, condition = template.split("([P] for)")
            self.settle_while()
            self.lines.append("return " + name + "(" + fill(condition, items.expr, items.prec, const)
                              + " " + items.clauses() + ")")
        elif template.startswith("{{E: ") or template == "{{k: E}}":
            self.settle_while()
            inner = template[2:-2]
            if inner == "k: E":
                pair = "k: " + items.expr
            else:
                pair = items.expr + ": " + fill(inner[3:], items.expr, items.prec, const)
            self.lines.append("return {" + pair + " " + items.clauses() + "}")
        elif "{y}" in template:
            self.lines.append("return " + template.format(y=self.as_named(), **const))
        elif "{g}" in template:
            text = self.as_iterable()
            if "({g})" not in template and not self.items.untouched():
                text = "(" + text + ")" if " in {g}" not in template else "[" + text + "]"
            if template.startswith("','"):
                text = self.as_list()
                if " for " in text or len(text) > 12:
                    text = self.as_named()
            self.lines.append("return " + template.format(g=text, **const))
        else:
            self.lines.append("return " + template.format(l=self.as_list(), **const))

    def write(self):
        self.kind = self.program.source.item
        stages, final = self.program.stages, self.program.final
        for index, use in enumerate(stages):
            self.stage(use, index == len(stages) - 1 and final.op.key.startswith("list"))
        self.finish(final)
        head = "def solve(" + ", ".join(self.program.source.params) + "):"
        return "\n".join([head] + ["    " + line for line in self.lines])


def swap(text, old, new):
    """`text` with the identifier `old` replaced by `new`."""
    out, word = [], ""
    for ch in text + " ":
        if ch.isalnum() or ch == "_":
            word += ch
        else:
            out.append(new if word == old else word)
            out.append(ch)
            word = ""
    return "".join(out)[:-1]


def source_of(program):
    """The canonical Python source of a program."""
    return Writer(program).write()
