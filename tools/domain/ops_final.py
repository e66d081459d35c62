"""Final operators: what a program returns.

Templates: {g} an iterable of the items used once, {l} the items as a list,
{y} a list with a name (mentioned more than once).
"""
import ops_int
import ops_text
from model import Op

ORDERLESS = ("base-digits",)


def end(key, takes, code, words, nouns, consts=(), **more):
    return Op(key, "final", takes, "value", code, words, nouns, consts=consts, **more)


NONE = ((0, -1),)
MIN_MAX = ("aggregate", "numbers", "multi", "dicts", "strings")

INT = [
    end("sum", "int", "sum({g})", ("return their sum", "add them up", "return the total"),
        ("the sum of {np}", "the total of {np}"), loop=("t = 0", "t += {e}")),
    end("count", "any", "len({l})", ("count them", "return how many there are", "return their number"),
        ("the number of {np}", "the count of {np}"), loop=("t = 0", "t += 1")),
    end("product", "int", "", ("multiply them together", "return their product"), ("the product of {np}",),
        consts=((1,),), loop=("t = 1", "t *= {e}"), force_loop=True, default=True),
    end("max", "int", "max({g}, default={c})", ("return the largest one", "return the maximum"),
        ("the largest of {np}", "the maximum of {np}"), consts=NONE, default=True),
    end("min", "int", "min({g}, default={c})", ("return the smallest one", "return the minimum"),
        ("the smallest of {np}", "the minimum of {np}"), consts=NONE, default=True),
    end("head", "int", "{y}[0] if {y} else {c}", ("return the first one",), ("the first of {np}", "the very first of {np}"),
        consts=NONE, default=True, positional=True, not_in=ORDERLESS),
    end("final", "int", "{y}[-1] if {y} else {c}", ("return the last one",), ("the last of {np}", "the very last of {np}"),
        consts=NONE, default=True, positional=True, not_in=ORDERLESS),
    end("mean", "int", "sum({y}) // len({y}) if {y} else {c}", ("return their average rounded down", "return the mean rounded down"),
        ("the average rounded down of {np}", "the mean rounded down of {np}"), consts=((0,),), default=True),
    end("spread", "int", "max({y}) - min({y}) if {y} else {c}",
        ("return the largest minus the smallest", "return the gap between largest and smallest"),
        ("the difference between the largest and smallest of {np}", "the range (largest minus smallest) of {np}"),
        consts=((0,),), default=True),
    end("distinct", "any", "len(set({g}))", ("count the distinct ones", "return how many different ones there are"),
        ("the number of distinct values among {np}", "the number of different values among {np}")),
    end("alternating", "int", "sum({y}[::2]) - sum({y}[1::2])",
        ("alternately add and subtract them", "return the alternating sum, starting with plus"),
        ("the alternating sum (plus, minus, plus, ...) of {np}",), positional=True, not_in=ORDERLESS),
    end("max-count", "int", "{y}.count(max({y})) if {y} else {c}",
        ("count how often the largest one occurs", "return how many times the largest occurs"),
        ("the number of times the largest occurs among {np}",), consts=((0,),), default=True),
    end("second", "int", "sorted({y})[-2] if len({y}) > 1 else {c}",
        ("return the second largest counting repeats, or {c} if there are fewer than two",),
        ("the second largest (counting repeats, {c} if fewer than two) of {np}",), consts=NONE),
    end("list", "int", "{l}", ("return the list", "return the result as a list"), ("{np}",), not_in=ORDERLESS),
    end("csv", "int", "','.join(str(x) for x in {g})", ("join them with commas into a string", "return them as a string separated by commas"),
        ("the string of {np} separated by commas",), positional=True, only=("lists", "numbers", "multi"), not_in=ORDERLESS),
]

TEXT = [
    end("join", "str", "'{c}'.join({g})", ("join them with {c}", "put {c} between them to make one string"),
        ("the string of {np} joined with {c}",), consts=(("-", "+", "/"),), positional=True),
    end("join-space", "str", "' '.join({g})", ("join them with spaces", "return them as a string separated by spaces"),
        ("the string of {np} separated by spaces",), positional=True),
    end("concat", "str", "''.join({g})", ("join them without a separator", "glue them together into one string"),
        ("the concatenation of {np}",), positional=True),
    end("longest", "str", "max({g}, key=len, default='')",
        ("return the first longest one (empty if there are none)", "return the longest, the earliest on ties, or an empty string"),
        ("the longest (earliest on ties, empty if none) of {np}",)),
    end("shortest", "str", "min({g}, key=len, default='')",
        ("return the first shortest one (empty if there are none)", "return the shortest, the earliest on ties, or an empty string"),
        ("the shortest (earliest on ties, empty if none) of {np}",)),
    end("text-min", "str", "min({g}, default='')", ("return the alphabetically first one (empty if there are none)",),
        ("the alphabetically first (empty if none) of {np}",)),
    end("text-max", "str", "max({g}, default='')", ("return the alphabetically last one (empty if there are none)",),
        ("the alphabetically last (empty if none) of {np}",)),
    end("text-head", "str", "{y}[0] if {y} else ''", ("return the first one (empty if there are none)",),
        ("the first (empty if none) of {np}",), positional=True),
    end("text-final", "str", "{y}[-1] if {y} else ''", ("return the last one (empty if there are none)",),
        ("the last (empty if none) of {np}",), positional=True),
    end("list-str", "str", "{l}", ("return the list", "return the result as a list"), ("{np}",)),
    end("chr-concat", "chr", "''.join({g})", ("join them into a string", "return them as one string"),
        ("the string made of {np}",), positional=True),
    end("chr-dash", "chr", "'-'.join({g})", ("join them with dashes", "put dashes between them"),
        ("the string of {np} joined with dashes",), positional=True),
    end("list-chr", "chr", "{l}", ("return the list", "return the result as a list"), ("{np}",)),
]


def quantified():
    """any / all over a few filters of each type."""
    for group, keys in ((ops_int.FILTERS, ("even", "gt", "lt", "div", "negative")),
                        (ops_text.FILTERS, ("longer", "starts-vowel", "has-letter", "palindrome"))):
        for op in [o for o in group if o.key in keys]:
            vp = op.words[0]
            for name in ("any", "all"):
                yield end(name + "-" + op.key, op.takes, name + "([P] for)" + op.code,
                          ("return whether " + name + " of them " + vp, "tell whether " + name + " of them " + vp),
                          ("whether " + name + " of {np} " + vp,), op.consts,
                          only=("aggregate", "numbers", "multi", "strings"), not_in=op.not_in)


COUNTING = [
    end("counts", "any", "", ("count how often each occurs in a dictionary", "return a dictionary of how often each one occurs"),
        ("a dictionary with how often each value occurs among {np}",), only=("dicts",),
        loop=("out = {{}}", "out[{e}] = out.get({e}, 0) + 1"), force_loop=True),
    end("commonest", "any", "max(sorted({y}), key={y}.count, default={c})",
        ("return the most common one, the smallest on ties, or {c} if there are none",),
        ("the most common (smallest on ties, {c} if none) of {np}",), consts=(("None",),), only=("dicts",)),
    end("indices", "any", "", ("map each one to its last position from 0 in a dictionary",
        "return a dictionary from each one to its last position from 0"),
        ("a dictionary from each to its last position (from 0) among {np}",), only=("dicts",),
        loop=("", "{{x: i for i, x in enumerate({l})}}"), not_in=ORDERLESS),
    end("repeats", "any", "sorted(x for x in set({y}) if {y}.count(x) > 1)",
        ("return the sorted list of those occurring more than once", "list in sorted order the ones that are repeated"),
        ("the sorted list of repeated values among {np}",), only=("dicts",)),
    end("unique", "any", "[x for x in {y} if {y}.count(x) == 1]",
        ("return the list of those occurring exactly once", "list the ones that occur only once"),
        ("the list of values occurring exactly once among {np}",), only=("dicts",)),
    end("invert", "int", "{{E: k}}", ("return a dictionary from each one to its key, later keys winning",),
        ("a dictionary from {np} to their keys, later keys winning",), only=("dicts",)),
    end("same-keys", "int", "{{k: E}}", ("return a dictionary with their keys", "return the dictionary from their keys to them"),
        ("a dictionary from the keys to {np}",), only=("dicts",)),
]

GROUPERS = (
    ("int", "parity", "{m} % 2", "remainder modulo 2"), ("int", "digit", "abs({e}) % 10", "last digit"),
    ("int", "thirds", "{m} % 3", "remainder modulo 3"),
    ("int", "sign", "{s} > 0", "being positive or not (True or False)"),
    ("str", "size", "len({e})", "length"), ("str", "initial", "{a}[0]", "first letter"),
    ("str", "ending", "{a}[-1]", "last letter"),
)
TARGETS = (
    ("int", "square", "{a} ** 2", "its square"), ("int", "double", "{m} * 2", "its double"),
    ("int", "even", "{m} % 2 == 0", "whether it is even"), ("int", "abs", "abs({e})", "its absolute value"),
    ("str", "length", "len({e})", "its length"), ("str", "reverse", "{a}[::-1]", "its reverse"),
    ("str", "initial", "{a}[0]", "its first letter"), ("str", "upper", "{a}.upper()", "its upper case form"),
    ("str", "vowels", "sum(c in 'aeiou' for c in {e})", "its number of vowels"),
)


def dictionaries():
    """Grouping, counting by a key, and dictionaries from items to a value."""
    for takes, key, code, name in GROUPERS:
        yield end("group-" + key, takes, "", ("group them by " + name + " in a dictionary of lists",
                  "return a dictionary of lists grouping them by " + name),
                  ("a dictionary of lists grouping {np} by " + name,), only=("dicts",),
                  loop=("out = {{}}", "out.setdefault(" + code + ", []).append({e})"), force_loop=True)
        yield end("count-by-" + key, takes, "", ("count them by " + name + " in a dictionary",
                  "return a dictionary with how many there are for each " + name),
                  ("a dictionary counting {np} by " + name,), only=("dicts",),
                  loop=("out = {{}}", "out[" + code + "] = out.get(" + code + ", 0) + 1"), force_loop=True)
    for takes, key, code, name in TARGETS:
        yield end("to-" + key, takes, "{{E: " + code + "}}", ("map each one to " + name + " in a dictionary",
                  "return a dictionary from each one to " + name),
                  ("a dictionary from each of {np} to " + name,), only=("dicts",))


FINALS = INT + TEXT + list(quantified()) + COUNTING + list(dictionaries())
