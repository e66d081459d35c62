"""The vocabulary of the domain: operators, sources and programs.

A program is a source of items, zero to three stages, and a final operator.
Each operator knows its Python code and its English phrasings; nothing else
in the package knows about a particular operator.

Code templates use slots for the expression they are applied to:
  {a} an atom or the base of a power, {m} an operand of * // %,
  {s} an operand of + - or of a comparison, {e} any expression,
and {c}, {b} for the operator's constants.
"""
from dataclasses import dataclass

CONDITIONAL, COMPARE, ADD, MUL, UNARY, POWER, ATOM = range(7)


@dataclass(frozen=True)
class Op:
    """One primitive operator with its code and its words."""
    key: str
    kind: str               # filter, map, list or final
    takes: str              # type of the items: int, str or chr
    gives: str              # type of the items (or of the result) afterwards
    code: str
    words: tuple            # imperative phrasings (filters: verb phrases)
    nouns: tuple = ()       # noun phrasings around {np}
    pre: tuple = ()         # filters: adjectives that go before the noun
    neg: tuple = ()         # filters: verb phrases of the complement
    prec: int = ATOM
    consts: tuple = ()      # for each constant, the values it may take
    default: bool = False   # constant c is the answer when nothing is left
    only: tuple = ()        # families this operator is limited to (all if empty)
    simple: bool = False    # only on a plain variable
    named: bool = False     # the code mentions its list more than once
    loop: tuple = ()        # (start, update) when written as a loop
    force_loop: bool = False
    positional: bool = False
    not_in: tuple = ()      # sources on which the operator makes no sense


@dataclass(frozen=True)
class Source:
    """Where the items of a program come from."""
    key: str
    family: str
    params: tuple
    item: str
    var: str
    loops: tuple
    nouns: tuple            # plural nouns
    sing: str
    locs: tuple             # "in xs"
    intro: tuple            # "a list xs of integers"
    direct: str = ""        # the iterable itself when it is the list of items
    expr: str = ""          # expression of an item (the variable if empty)
    prec: int = ATOM
    conds: tuple = ()
    while_loop: tuple = ()  # (header, lines before, expression, lines after)
    ordered: bool = True
    plain: bool = False     # the intro alone says what the items are
    consts: tuple = ()
    param_k: bool = False   # operators may use the argument k as a constant


@dataclass(frozen=True)
class Use:
    """An operator with the constants it was given."""
    op: Op
    values: tuple = ()

    def constants(self):
        return dict(zip("cb", self.values))


@dataclass(frozen=True)
class Program:
    """A composition with all its constants."""
    source: Source
    source_values: tuple
    stages: tuple
    final: Use

    @property
    def family(self):
        return self.source.family

    def composition(self):
        """The identity of the composition: operator kinds, no constants."""
        parts = [self.source.family, self.source.key]
        for use in self.stages + (self.final,):
            parts.append(use.op.key + ("(k)" if "k" in use.values else ""))
        return " ".join(parts)

    def numbers(self):
        """All integer constants, for inputs at the boundary."""
        values = list(self.source_values)
        for use in self.stages + (self.final,):
            values.extend(use.values)
        return [v for v in values if isinstance(v, int)]


def wrap(text, prec, need):
    """The expression, in parentheses if it binds too loosely."""
    return text if prec >= need else "(" + text + ")"


def fill(template, text, prec, constants):
    """A code template applied to an expression."""
    return template.format(
        a=wrap(text, prec, ATOM), m=wrap(text, prec, MUL),
        s=wrap(text, prec, ADD), e=text, **constants)
