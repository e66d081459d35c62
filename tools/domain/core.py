"""Which operators and sources the embedded default uses.

The operator files hold more than a model of two million parameters can learn
from a thousand examples. This selection leaves every family with filters,
maps, list operators and finals whose combinations are many and whose parts
are few. EVERYTHING takes them all.
"""

SOURCES = {
    "aggregate": ("xs",),
    "lists": ("xs",),
    "strings": ("words", "chars"),
    "dicts": ("values", "words", "xs"),
    "numbers": ("upto", "digits", "divisors", "halving"),
    "multi": ("xs-k", "pair-sum", "pair-product", "row-sum", "flat"),
}
OPERATORS = frozenset("""
    even odd gt lt div
    square double plus minus negate times mod
    reverse first skip sort sort-down alternate totals differences alphabet by-length
    longer starts-vowel has-letter even-length
    upper backwards initial twice length
    vowel not-vowel letter chr-upper chr-twice
    sum count max min product spread
    list list-str list-chr join-space concat longest chr-concat
    any-even all-even any-gt any-longer
    counts group-parity group-size count-by-digit count-by-initial to-square to-length same-keys invert
""".split())
LONGEST = 2
EVERYTHING = False

def selected(op):
    return EVERYTHING or op.key in OPERATORS

def shapes(family_shapes):
    return family_shapes if EVERYTHING else tuple(s for s in family_shapes if len(s) <= LONGEST)

def sources(every):
    return every if EVERYTHING else tuple(s for s in every if s.key in SOURCES[s.family])
