"""Operators from a list to a list; {a} is the list."""
from dataclasses import replace

from model import Op


def both(key, code, words, nouns=(), takes="any", **more):
    return Op(key, "list", takes, takes, code, words, nouns, **more)


K = (2, 3, 4)

LISTS = (
    both("reverse", "{a}[::-1]", ("reverse|reversing {o}", "put|putting {o} in reverse order"),
         ("{np} in reverse order",)),
    both("first", "{a}[:{c}]", ("keep|keeping only the first {c} of {o}", "cut|cutting {o} after the first {c}"),
         ("the first {c} of {np}",), consts=(K,)),
    both("last", "{a}[-{c}:]", ("keep|keeping only the last {c} of {o}", "discard|discarding all but the last {c} of {o}"),
         ("the last {c} of {np}",), consts=(K,)),
    both("skip", "{a}[{c}:]", ("skip|skipping the first {c} of {o}", "leave|leaving out the first {c} of {o}"),
         ("all but the first {c} of {np}",), consts=(K,)),
    both("drop-last", "{a}[:-1]", ("leave|leaving out the last one of {o}", "skip|skipping the last of {o}"),
         ("all but the last of {np}",)),
    both("alternate", "{a}[::2]", ("keep|keeping every other one of {o} starting with the first",
         "take|taking every second one of {o} from the first on"),
         ("every other one of {np} starting with the first",)),
    both("dedupe", "list(dict.fromkeys({e}))", ("remove|removing repeats from {o}", "drop|dropping later duplicates from {o}"),
         ("{np} without repeats",)),
    both("sort", "sorted({e})", ("sort|sorting {o} in increasing order", "arrange|arranging {o} from smallest to largest"),
         ("{np} in increasing order", "{np} from smallest to largest"), "int"),
    both("sort-down", "sorted({e}, reverse=True)", ("sort|sorting {o} in decreasing order",
         "arrange|arranging {o} from largest to smallest"),
         ("{np} in decreasing order", "{np} from largest to smallest"), "int"),
    both("sort-abs", "sorted({e}, key=abs)", ("sort|sorting {o} by absolute value", "order|ordering {o} by absolute value"),
         ("{np} sorted by absolute value",), "int"),
    both("sort-digit", "sorted({e}, key=lambda x: abs(x) % 10)", ("sort|sorting {o} by last digit", "order|ordering {o} by last digit"),
         ("{np} sorted by last digit",), "int"),
    both("alphabet", "sorted({e})", ("sort|sorting {o} alphabetically", "put|putting {o} in alphabetical order"),
         ("{np} in alphabetical order",), "str"),
    both("by-length", "sorted({e}, key=len)", ("sort|sorting {o} by length", "order|ordering {o} from shortest to longest"),
         ("{np} sorted by length",), "str"),
    both("chr-sort", "sorted({e})", ("sort|sorting {o} alphabetically", "put|putting {o} in sorted order"),
         ("{np} in sorted order",), "chr"),
    both("differences", "[b - a for a, b in zip({e}, {a}[1:])]",
         ("replace|replacing {o} by the differences of neighbours (next minus current)",
          "take|taking the differences of {o}, each next one minus the current"),
         ("the successive differences of {np}",), "int", named=True),
    both("neighbours", "[a + b for a, b in zip({e}, {a}[1:])]",
         ("replace|replacing {o} by the sums of neighbours", "add|adding up each pair of neighbours in {o}"),
         ("the sums of neighbours among {np}",), "int", named=True),
    both("rises", "[b for a, b in zip({e}, {a}[1:]) if b > a]",
         ("keep|keeping only those of {o} larger than the one before", "keep|keeping those of {o} that exceed their predecessor"),
         (), "int", named=True),
    both("weighted", "[i * x for i, x in enumerate({e})]",
         ("multiply|multiplying each of {o} by its index from 0", "weight|weighting each of {o} by its position counted from 0"),
         (), "int"),
    both("plus-index", "[x + i for i, x in enumerate({e})]",
         ("add|adding to each of {o} its index from 0", "increase|increasing each of {o} by its position counted from 0"),
         (), "int"),
    both("totals", "", ("replace|replacing {o} by running totals", "take|taking the running totals of {o}"),
         ("the running totals of {np}",), "int", loop=("t = 0", "t += x", "t")),
    both("running-max", "", ("replace|replacing each of {o} by the largest so far", "take|taking the running maximum of {o}"),
         ("the running maxima of {np}",), "int", loop=("", "", "max({n}[-1:] + [x])")),
    both("rotate", "{a}[{c}:] + {a}[:{c}]", ("rotate|rotating {o} left by {c}", "move|moving the first {c} of {o} to the end"),
         ("{np} rotated left by {c}",), consts=((1, 2, 3),), named=True, prec=2),
    both("mirror", "{a} + {a}[::-1]", ("append|appending to {o} the same values reversed", "follow|following {o} with their own reverse"),
         ("{np} followed by their reverse",), named=True, prec=2),
    both("windows", "[sum({a}[i:i + {c}]) for i in range(len({e}) - {c} + 1)]",
         ("replace|replacing {o} by the sums of all windows of length {c}", "take|taking the sum of each {c} consecutive ones of {o}"),
         ("the sums of each {c} consecutive of {np}",), "int", consts=((2, 3),), named=True, only=("multi",)),
    both("by-value", "sorted({e}, key=lambda k: (d[k], k))",
         ("sort|sorting {o} by value and then by name", "order|ordering {o} by their value, ties by name"),
         ("{np} sorted by value and then by name",), "str", only=("dicts",), simple=True),
)


def for_type(item):
    """The list operators on items of one type."""
    return [replace(op, takes=item, gives=item) for op in LISTS if op.takes in (item, "any")]
