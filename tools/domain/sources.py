"""The sources of items, family by family."""
from model import ADD, ATOM, MUL, Source

LIST = ("a list xs of integers", "a list of numbers xs", "an integer list xs")
WORDS = ("a list of words", "a list words of strings")
NUMBER = ("a positive integer n", "a number n")
PAIR = ("two lists xs and ys", "lists of numbers xs and ys")
ROWS = ("a list rows of integer lists", "a list of lists rows")
NUM = ("numbers", "values")
IN_XS = ("in xs", "of xs")


def xs(key, family, params=("xs",), intro=LIST, **more):
    return Source(key, family, params, "int", "x", ("for x in xs",), ("numbers", "values", "elements"),
                  "number", IN_XS, intro, direct="xs", plain=True, **more)


def pair(key, expr, prec, noun):
    return Source("pair-" + key, "multi", ("xs", "ys"), "int", "x", ("for a, b in zip(xs, ys)",),
                  (noun + "s",), noun, ("of the pairs from xs and ys", "of xs and ys position by position"),
                  PAIR, expr=expr, prec=prec)


def row(key, expr, noun, plural, prec=ATOM):
    return Source("row-" + key, "multi", ("rows",), "int", "x", ("for r in rows",), (plural,), noun,
                  ("of the lists in rows", "of each list in rows"), ROWS, expr=expr, prec=prec)


def number(key, loops, nouns, sing, locs, params=("n",), intro=NUMBER, **more):
    return Source(key, "numbers", params, "int", "x", loops, nouns, sing, locs, intro, **more)


SOURCES = (
    xs("xs", "aggregate"),
    xs("xs", "lists"),
    Source("words", "strings", ("words",), "str", "w", ("for w in words",), ("words", "strings"), "word",
           ("in the list words",), WORDS, direct="words", plain=True),
    Source("split", "strings", ("s",), "str", "w", ("for w in s.split()",), ("words",), "word",
           ("of the sentence s", "in the sentence s"), ("a sentence s", "a string s of words"), direct="s.split()"),
    Source("chars", "strings", ("s",), "chr", "c", ("for c in s",), ("characters",), "character",
           ("of s", "in s", "of the string s"), ("a string s", "some text s"), direct="s"),
    Source("values", "dicts", ("d",), "int", "v", ("for k, v in d.items()",), ("values",), "value",
           ("in d", "of the dictionary d"), ("a dictionary d from words to numbers", "a dictionary d")),
    Source("keys", "dicts", ("d",), "str", "k", ("for k, v in d.items()",), ("keys",), "key",
           ("in d", "of the dictionary d"), ("a dictionary d from words to numbers", "a dictionary d")),
    Source("words", "dicts", ("words",), "str", "w", ("for w in words",), ("words", "strings"), "word",
           ("in the list words",), WORDS, direct="words", plain=True),
    xs("xs", "dicts"),
    Source("chars", "dicts", ("s",), "chr", "c", ("for c in s",), ("characters",), "character",
           ("of s", "in s", "of the string s"), ("a string s", "some text s"), direct="s"),
    number("digits", ("for x in map(int, str(n))",), ("digits",), "digit", ("of n", "in n"),
           direct="[int(c) for c in str(n)]", while_loop=("while n:", (), "n % 10", ("n //= 10",))),
    number("divisors", ("for x in range(1, n + 1)",), ("divisors",), "divisor", ("of n",), conds=("n % x == 0",)),
    number("upto", ("for x in range(1, n + 1)",), ("numbers", "integers"), "number",
           ("from 1 to n", "from 1 up to and including n"), direct="list(range(1, n + 1))"),
    number("multiples", ("for x in range({c}, n + 1, {c})",), ("multiples",), "multiple",
           ("of {c} from {c} up to n", "of {c} not above n"), direct="list(range({c}, n + 1, {c}))", consts=((2, 3, 4, 5),)),
    number("powers", (), ("powers",), "power", ("of {c} from 1 up to n", "of {c} not above n (1 included)"),
           while_loop=("while p <= n:", ("p = 1",), "p", ("p *= {c}",)), consts=((2, 3),)),
    number("halving", (), ("values",), "value", ("reached by halving n (rounding down) until 0, n included and 0 not",
           "n takes while it is halved (rounding down) down to 1"), while_loop=("while n:", (), "n", ("n //= 2",))),
    number("collatz", (), ("values",), "value", ("of the Collatz sequence from n down to but excluding 1",
           "above 1 in the Collatz sequence of n"),
           while_loop=("while n > 1:", (), "n", ("n = n // 2 if n % 2 == 0 else 3 * n + 1",))),
    number("base-digits", (), ("digits",), "digit", ("of n written in base {c}", "of n in base {c}"),
           while_loop=("while n:", (), "n % {c}", ("n //= {c}",)), ordered=False, consts=((3, 4, 5, 6, 7, 8),)),
    number("common-divisors", ("for x in range(1, n + 1)",), ("common divisors",), "common divisor", ("of n and m",),
           ("n", "m"), ("two positive integers n and m",), conds=("n % x == 0", "m % x == 0")),
    xs("xs-k", "multi", ("xs", "k"), ("a list xs and a number k", "numbers xs and an integer k"), param_k=True),
    pair("sum", "a + b", ADD, "sum"),
    pair("difference", "a - b", ADD, "difference"),
    pair("product", "a * b", MUL, "product"),
    pair("max", "max(a, b)", ATOM, "maximum"),
    pair("min", "min(a, b)", ATOM, "minimum"),
    pair("gap", "abs(a - b)", ATOM, "absolute difference"),
    Source("common", "multi", ("xs", "ys"), "int", "x", ("for x in xs",), NUM, "number",
           ("in xs also found in ys", "of xs that occur in ys"), PAIR, conds=("x in ys",)),
    Source("missing", "multi", ("xs", "ys"), "int", "x", ("for x in xs",), NUM, "number",
           ("in xs not found in ys", "of xs absent from ys"), PAIR, conds=("x not in ys",)),
    Source("interleaved", "multi", ("xs", "ys"), "int", "x", ("for p in zip(xs, ys)", "for x in p"), NUM, "number",
           ("of xs and ys interleaved up to the shorter length",), PAIR),
    Source("flat", "multi", ("rows",), "int", "x", ("for r in rows", "for x in r"), NUM, "number",
           ("in all the lists of rows", "of rows flattened"), ROWS),
    row("sum", "sum(r)", "sum", "sums"),
    row("max", "max(r)", "maximum", "maxima"),
    row("min", "min(r)", "minimum", "minima"),
    row("length", "len(r)", "length", "lengths"),
    row("first", "r[0]", "first element", "first elements"),
    row("last", "r[-1]", "last element", "last elements"),
)
