"""Which operators and sources the embedded default uses.

The operator files hold more than a model of two million parameters can learn
from a thousand examples. This selection leaves every family with filters,
maps, list operators and finals whose combinations are many and whose parts
are few. EVERYTHING takes them all.
"""

SOURCES = {
    "aggregate": ("xs",),
    "lists": ("xs",),
    "strings": ("words",),
    "dicts": ("values", "words", "xs"),
    "numbers": ("upto", "digits", "divisors"),
    "multi": ("xs-k", "pair-sum", "row-sum"),
}
OPERATORS = frozenset("""
    even odd gt lt div
    square double plus minus times mod
    reverse first skip sort sort-down alternate totals alphabet by-length
    longer has-letter starts-vowel
    upper backwards initial length
    sum count max min product
    list list-str join-space concat longest
    any-even any-gt
    counts group-parity count-by-digit to-square to-length invert
""".split())
LONGEST = 2
EVERYTHING = False

def selected(op):
    return EVERYTHING or op.key in OPERATORS

def shapes(family_shapes):
    return family_shapes if EVERYTHING else tuple(s for s in family_shapes if len(s) <= LONGEST)

def sources(every):
    return every if EVERYTHING else tuple(s for s in every if s.key in SOURCES[s.family])
