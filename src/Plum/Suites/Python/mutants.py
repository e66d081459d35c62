"""Small wrong versions of a program, as mutmut and cosmic-ray make them. Runs in the jail like any program: the text it reads is hostile.

The same program and count give the same mutants under every version of Python from 3.9 on, but for how that version spells them.
"""

import ast

SWAPS = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Add, ast.FloorDiv), ast.Div: (ast.Mult,), ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Mod: (ast.FloorDiv,), ast.Pow: (ast.Mult,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,), ast.And: (ast.Or,), ast.Or: (ast.And,),
}
NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "lower": "upper", "upper": "lower", "startswith": "endswith", "endswith": "startswith",
    "lstrip": "rstrip", "rstrip": "lstrip", "find": "rfind", "rfind": "find", "index": "rindex", "rindex": "index",
}
TRUTHS = (ast.Compare, ast.BoolOp)
KEPT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Return, ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


class Place:
    """Where a node stands: a field of its parent, or an item of a list there."""

    def __init__(self, parent, field, at=None):
        self.parent, self.field, self.at = parent, field, at

    def put(self, node):
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def number(value):
    return ast.Constant(value)


def off_by_one(node):
    """The expression plus one and minus one."""
    return [ast.BinOp(node, operator(), number(1)) for operator in (ast.Add, ast.Sub)]


def negated(test):
    return test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)


def is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def replacements(node, place):
    """What may stand in a node's place, each with its kind."""
    parent, field = place.parent, place.field
    if isinstance(node, (ast.cmpop, ast.operator, ast.boolop)):
        kind = "comparison" if isinstance(node, ast.cmpop) else "boolean" if isinstance(node, ast.boolop) else "arithmetic"
        for other in SWAPS.get(type(node), ()):
            yield kind, other()
    if isinstance(node, ast.Constant) and not (isinstance(parent, ast.Expr) or isinstance(parent, ast.JoinedStr)):
        value = node.value
        if isinstance(value, bool):
            yield "constant", ast.Constant(not value)
        elif isinstance(value, (int, float)):
            yield "constant", number(value + 1)
            yield "constant", number(value - 1)
        elif isinstance(value, str):
            yield "constant", ast.Constant(value[:-1] if value else "x")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)) and field != "test":
        yield "arithmetic" if isinstance(node.op, ast.USub) else "boolean", node.operand
    if field in ("lower", "upper") and isinstance(parent, ast.Slice):
        yield "slice", None
        if not isinstance(node, (ast.Constant, ast.UnaryOp)):
            for other in off_by_one(node):
                yield "slice", other
    if field == "step" and isinstance(parent, ast.Slice):
        yield "slice", None
    if field == "slice" and isinstance(node, ast.BinOp):
        for other in off_by_one(node):
            yield "slice", other
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "range" and field == "args" and not isinstance(node, ast.Constant):
        for other in off_by_one(node):
            yield "loop", other
    if field == "test" or field == "ifs":
        yield "condition", negated(node)
    if field == "iter" and isinstance(parent, (ast.For, ast.AsyncFor)):
        yield "loop", ast.List([], ast.Load())
    if isinstance(node, ast.comprehension):
        for at in range(len(node.ifs)):
            yield "condition", ast.comprehension(node.target, node.iter, node.ifs[:at] + node.ifs[at + 1:], node.is_async)
    if isinstance(node, ast.Break):
        yield "loop", ast.Continue()
    if isinstance(node, ast.Continue):
        yield "loop", ast.Break()
    if isinstance(parent, ast.Return) and not (isinstance(node, ast.Constant) and node.value is None):
        yield "return", ast.Constant(None)
        if isinstance(node, TRUTHS):
            yield "return", negated(node)
    if isinstance(node, ast.Name) and isinstance(parent, ast.Call) and field == "func" and node.id in NAMES:
        yield "name", ast.Name(NAMES[node.id], ast.Load())
    if isinstance(node, ast.Attribute) and isinstance(parent, ast.Call) and field == "func" and node.attr in NAMES:
        yield "name", ast.Attribute(node.value, NAMES[node.attr], ast.Load())
    if isinstance(node, ast.stmt) and not isinstance(node, KEPT) and not is_text(node):
        yield "deletion", ast.Pass()


def places(tree):
    """Every node below the root with its place, parents first, in the order of the text. Annotations and decorators are left alone."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        if isinstance(value, ast.AST):
            yield value, Place(tree, field)
            yield from places(value)
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield item, Place(tree, field, at)
                    yield from places(item)


def mutants(source, count):
    """At most so many distinct mutants, each a kind and a program: spread evenly over the text where there are more."""
    tree = ast.parse(source)
    seen, found = {ast.unparse(tree)}, []
    for node, place in list(places(tree)):
        for kind, other in replacements(node, place):
            place.put(other)
            try:
                text = ast.unparse(ast.fix_missing_locations(tree))
                compile(text, "<mutant>", "exec", 0, True)
            except (SyntaxError, ValueError, AttributeError):
                text = None
            place.put(node)
            if text is not None and text not in seen:
                seen.add(text)
                found.append((kind, text))
    if len(found) <= count:
        return found
    return [found[at * len(found) // count] for at in range(count)]
