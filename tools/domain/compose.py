"""Drawing compositions, and constants for a composition."""
from dataclasses import replace

import core
import ops_final
import ops_int
import ops_list
import ops_text
from model import Program, Use
import sources

SHAPES = ("", "F", "M", "FF", "FM", "MF", "MM", "FFM", "FMF", "MFM", "FMM", "MMF")
SHAPES_LISTS = ("", "F", "M", "FF", "FM", "MF", "MM", "FL", "LF", "ML", "LM", "L", "LL", "LLF", "FLL",
                "FML", "LFM", "MFL", "MLF", "FLM", "LMF", "LML")
SOURCES = core.sources(sources.SOURCES)
WEIGHTS = {
    "aggregate": SHAPES + ("L", "LL", "FL", "LF", "ML", "LM"),
    "lists": SHAPES_LISTS + ("L", "LL", "FL", "LF", "ML", "LM"),
    "strings": SHAPES[:8] + ("L", "FL", "ML", "LM", "FL", "FML"),
    "dicts": ("", "F", "M", "FF", "FM", "MF", "F", "FF", "FM", "L", "FL"),
    "numbers": SHAPES + ("F", "M", "FM", "FF", "FM"),
    "multi": SHAPES[:8] + ("L", "FL", "ML", "LF", "LM"),
}
FAMILIES = tuple(WEIGHTS)
BASIC = ("xs", "words", "chars", "values", "keys", "upto", "xs-k")
PARAM_K = ("gt", "lt", "ge", "le", "ne", "div", "ndiv", "times", "plus", "minus", "mod", "over", "from", "first",
           "last", "skip", "rotate", "windows", "cap", "raise")


def size(composition):
    """The number of operators; a source that computes its items is one too."""
    source, stages, final = composition
    return len(stages) + (not final.key.startswith("list")) + (source.key not in BASIC)


def key_filters():
    """Filters on the values of a dictionary by their key, and the reverse."""
    for op in ops_text.FILTERS:
        if op.takes == "str" and op.key in ("longer", "shorter", "starts-vowel", "ends-vowel", "has-letter", "palindrome", "even-length"):
            yield replace(op, key="key-" + op.key, takes="int", gives="int", code=swap_slots(op.code, "k"), pre=(), neg=(),
                          words=tuple("belong to keys that " + w for w in op.words), only=("dicts",))
    for op in ops_int.FILTERS:
        if op.key in ("even", "odd", "positive", "gt", "lt", "div", "between", "ends"):
            yield replace(op, key="value-" + op.key, takes="str", gives="str", code=swap_slots(op.code, "v"), pre=(), neg=(),
                          words=tuple("have values that " + w for w in op.words), only=("dicts",))


def swap_slots(code, name):
    for slot in ("{a}", "{m}", "{s}", "{e}"):
        code = code.replace(slot, name)
    return code


KEY_FILTERS = tuple(key_filters())
CROSS = {"values": "key-", "keys": "value-"}


def allowed(op, source):
    if op.only and source.family not in op.only or source.key in op.not_in:
        return False
    if op.key.startswith(("key-", "value-")):
        return CROSS.get(source.key) and op.key.startswith(CROSS[source.key])
    if op.key in ("repeated", "once"):
        return source.key == "chars"
    if op.key == "by-value":
        return source.key == "keys"
    if op.key in ("invert", "same-keys"):
        return source.key == "values"
    return True


def candidates(kind, item, source, first):
    """The operators of a kind that fit items of a type."""
    if kind == "F":
        ops = ops_int.FILTERS + ops_text.FILTERS + (KEY_FILTERS if source.family == "dicts" else ())
    elif kind == "M":
        ops = ops_int.MAPS + ops_text.MAPS
    elif kind == "L":
        if not source.ordered or source.key in ("values",):
            return []
        ops = ops_list.for_type(item)
    else:
        ops = ops_final.FINALS
    return [op for op in ops if op.takes in (item, "any") and core.selected(op) and allowed(op, source)]


def fits(stages, final, source):
    """Rules of taste; what is redundant is found by running it."""
    kinds = [op.kind for op in stages]
    if source.key in ("values", "keys") and "list" in kinds and (final.key in ("invert", "same-keys")):
        return False
    listed = False
    for i, op in enumerate(stages):
        if op.key.startswith(("key-", "value-")) and listed:
            return False
        listed = listed or op.kind == "list"
        if i and op.kind == "filter" and stages[i - 1].kind == "filter" and stages[i - 1].key >= op.key:
            return False
        if op.key in [o.key for o in stages[:i]] and op.key in ("square", "cube", "triangle", "vowel-count"):
            return False
        if op.simple and any(o.kind == "map" for o in stages[:i]) and "list" not in kinds[:i]:
            return False
    if {"square", "cube"} <= {o.key for o in stages} or (final.key == "product" and {"square", "cube"} & {o.key for o in stages}):
        return False
    if final.key in ("invert", "same-keys", "indices") and "list" in kinds:
        return False
    return True


def draw_ops(rng, family):
    """A random (source, stages, final) as operators without constants, or None."""
    choices = [s for s in SOURCES if s.family == family]
    source = choices[rng.randrange(len(choices))]
    shape, item, stages = rng.choice(core.shapes(WEIGHTS[family])), source.item, []
    for kind in shape:
        ops = candidates(kind, item, source, not stages)
        if not ops:
            return None
        op = rng.choice(ops)
        stages.append(op)
        item = op.gives
    finals = candidates("final", item, source, False)
    if family == "aggregate":
        finals = [f for f in finals if not f.key.startswith("list")]
    if family == "lists":
        finals = [f for f in finals if f.key == "list"] * 7 + [f for f in finals if f.key == "csv"]
    if family == "dicts":
        special = [f for f in finals if f.only == ("dicts",)]
        finals = finals + special if source.key in ("values", "keys") else special
    if not finals:
        return None
    final = rng.choice(finals)
    return (source, tuple(stages), final) if fits(stages, final, source) else None


def single_ops(family):
    """Every composition of one operator, as far as it belongs to the family."""
    for source in [s for s in SOURCES if s.family == family]:
        if source.key not in BASIC:
            yield source, (), [f for f in candidates("final", source.item, source, False) if f.key in ("list", "count")][0]
            continue
        special = family == "dicts" and source.key not in CROSS
        for final in candidates("final", source.item, source, False):
            if family != "lists" and not final.key.startswith("list") and (final.only == ("dicts",) or not special):
                yield source, (), final
        for kind in "" if family == "aggregate" or special else "FML":
            for op in candidates(kind, source.item, source, True):
                ends = [f for f in candidates("final", op.gives, source, False) if f.key.startswith("list")]
                if ends:
                    yield source, (op,), ends[0]


def constants(rng, op, use_k=False):
    if use_k and op.consts and op.key in PARAM_K:
        return ("k",)
    return tuple(rng.choice(options) for options in op.consts)


def instantiate(rng, composition):
    """A program of the composition with random constants."""
    source, stages, final = composition
    uses = tuple(Use(op, ()) for op in stages)
    if source.param_k:
        able = [i for i, op in enumerate(stages) if op.key in PARAM_K]
        if not able:
            return None
        chosen = able[0]
    else:
        chosen = -1
    uses = tuple(Use(op, constants(rng, op, i == chosen)) for i, op in enumerate(stages))
    if any(len(set(u.values)) < len(u.values) for u in uses):
        return None
    return Program(source, constants(rng, source), uses, Use(final, constants(rng, final)))
