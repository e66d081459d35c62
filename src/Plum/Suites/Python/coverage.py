"""How much of a program some calls reach. Runs in the jail: the program shares this process, so it is a measurement and never a verdict.

Statements and conditions are made to report themselves, which also sees the conditions of a comprehension on one line.
"""

import ast
from types import ModuleType

SEEN = "__plum_seen__"


class Reporter(ast.NodeTransformer):
    """Puts a report before every statement of a function, and around every condition."""

    def __init__(self):
        self.lines, self.conditions = set(), 0

    def block(self, body):
        reporting = []
        for statement in body:
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                self.lines.add(statement.lineno)
                reporting.append(ast.Expr(self.call(ast.Constant(statement.lineno))))
            reporting.append(self.visit(statement))
        return reporting

    def call(self, *arguments):
        return ast.Call(ast.Name(SEEN, ast.Load()), list(arguments), [])

    def condition(self, test):
        self.conditions += 1
        return self.call(ast.Constant(-self.conditions), self.visit(test))

    def blocks(self, node):
        for field in ("test", "iter", "items", "subject", "target", "value"):
            if hasattr(node, field) and isinstance(getattr(node, field), ast.AST):
                setattr(node, field, self.condition(node.test) if field == "test" else self.visit(getattr(node, field)))
        for field in ("body", "orelse", "finalbody"):
            if getattr(node, field, None):
                setattr(node, field, self.block(getattr(node, field)))
        for inner in getattr(node, "handlers", []) + getattr(node, "cases", []):
            inner.body = self.block(inner.body)
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_If = visit_While = visit_For = visit_AsyncFor = visit_With = visit_AsyncWith = visit_Try = visit_Match = blocks

    def visit_IfExp(self, node):
        return ast.IfExp(self.condition(node.test), self.visit(node.body), self.visit(node.orelse))

    def visit_comprehension(self, node):
        return ast.comprehension(node.target, self.visit(node.iter), [self.condition(test) for test in node.ifs], node.is_async)


def coverage(source, entry, calls):
    """Lines of functions there are, those reached, outcomes of conditions there are (two each), those seen."""
    reporter = Reporter()
    tree = ast.fix_missing_locations(reporter.visit(ast.parse(source)))
    lines, outcomes = set(), set()

    def seen(place, value=None):
        if place > 0:
            lines.add(place)
        else:
            outcomes.add((place, bool(value)))
        return value

    module = ModuleType("candidate")
    names = module.__dict__
    names[SEEN] = seen
    exec(compile(tree, "<program>", "exec", 0, True), names)
    function = names[entry] if entry in names else eval(entry, names)
    for positional, keywords in calls:
        try:
            function(*positional, **keywords)
        except Exception:
            pass
    return len(reporter.lines), len(lines & reporter.lines), 2 * reporter.conditions, len(outcomes)
