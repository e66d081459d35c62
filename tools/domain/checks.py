"""Running programs: redundancy, near misses and discriminating tests."""
import random
from dataclasses import replace

from emit import source_of
from inputs import Drawer
from model import Use

LIMIT = 10 ** 9
SIBLINGS = {"gt": "ge", "ge": "gt", "lt": "le", "le": "lt", "max": "min", "min": "max", "head": "final", "final": "head",
            "longer": "exactly", "shorter": "exactly", "sort": "sort-down", "sort-down": "sort", "longest": "shortest",
            "first": "last", "last": "first", "any": "all", "sum": "count", "distinct": "count", "spread": "max",
            "plus": "minus", "minus": "plus", "div": "ndiv", "even": "odd", "odd": "even", "list": "csv",
            "alternating": "sum", "max-count": "distinct", "counts": "indices", "text-head": "text-final",
            "text-final": "text-head", "unique": "repeats", "repeats": "unique", "mean": "sum", "product": "sum"}


def compiled(source):
    space = {}
    exec(compile(source, "<domain>", "exec"), space)
    return space["solve"]


def run(function, arguments):
    """The repr of the result on a private copy, or None when it raises."""
    try:
        return repr(function(*[copy(value) for value in arguments]))
    except Exception:
        return None


def copy(value):
    if isinstance(value, list):
        return [copy(item) for item in value]
    return dict(value) if isinstance(value, dict) else value


def without(program, index):
    stages = program.stages[:index] + program.stages[index + 1:]
    item = program.source.item
    for use in stages:
        if use.op.takes != item:
            return None
        item = use.op.gives
    return replace(program, stages=stages) if program.final.op.takes in (item, "any") else None


def swapped(program, index):
    stages = list(program.stages)
    stages[index], stages[index + 1] = stages[index + 1], stages[index]
    item = program.source.item
    for use in stages:
        if use.op.takes != item:
            return None
        item = use.op.gives
    return replace(program, stages=tuple(stages))


def nudged(use):
    """The use with a constant off by one."""
    for i, value in enumerate(use.values):
        for other in (value + 1, value - 1) if isinstance(value, int) else (("(k + 1)",) if value == "k" else ()):
            yield Use(use.op, use.values[:i] + (other,) + use.values[i + 1:])


def near_misses(program, by_key):
    """Sources of programs close to this one: what a wrong answer looks like."""
    found = []
    for index, use in enumerate(program.stages):
        found.append(without(program, index))
        if index + 1 < len(program.stages):
            found.append(swapped(program, index))
        changes = list(nudged(use))
        other = by_key.get(SIBLINGS.get(use.op.key))
        if other is not None and len(other.consts) == len(use.op.consts):
            changes.append(Use(replace(other, takes=use.op.takes, gives=use.op.gives), use.values))
        for change in changes:
            found.append(replace(program, stages=program.stages[:index] + (change,) + program.stages[index + 1:]))
    for change in nudged(program.final):
        found.append(replace(program, final=change))
    other = by_key.get(SIBLINGS.get(program.final.op.key))
    if other is not None:
        values = program.final.values if len(program.final.values) == len(other.consts) else tuple(o[0] for o in other.consts)
        found.append(replace(program, final=Use(other, values)))
    for name in ("any-", "all-"):
        if program.final.op.key.startswith(name):
            opposite = by_key.get(("all-" if name == "any-" else "any-") + program.final.op.key[4:])
            found.append(replace(program, final=Use(opposite, program.final.values)))
    if program.source.consts:
        found.append(replace(program, source_values=(program.source_values[0] + 1,)))
    sources = []
    for item in found:
        if item is None:
            continue
        text = source_of(item)
        if text not in sources:
            sources.append(text)
    return sources


class Judge:
    """Decides whether a program is worth asking for; remembers functions by source."""

    def __init__(self):
        self.functions = {}

    def function(self, source):
        if source not in self.functions:
            self.functions[source] = compiled(source)
        return self.functions[source]

    def outputs(self, source, inputs):
        function = self.function(source)
        return [run(function, arguments) for arguments in inputs]

    def worthwhile(self, program, source, inputs):
        """No failure, varied and moderate results, no operator without effect."""
        results = self.outputs(source, inputs)
        if any(r is None or len(r) > 160 for r in results):
            return False
        kinds = sorted(set(results))
        common = max(results.count(r) for r in kinds)
        if len(kinds) < (2 if kinds[-1] in ("True", "False") else 5) or common > 0.75 * len(results):
            return False
        if any(r.lstrip("-").isdigit() and abs(int(r)) > LIMIT for r in kinds):
            return False
        for index in range(len(program.stages)):
            simpler = without(program, index)
            if simpler is not None and self.outputs(source_of(simpler), inputs) == results:
                return False
        return True


def tests_for(program, source, by_key, seed, count=12):
    """Arguments chosen greedily so that near misses fail, and how many they leave alive."""
    rng = random.Random(seed)
    drawer = Drawer(program, rng)
    pool = drawer.call_set(1)
    for turn in range(110):
        arguments = drawer.arguments(turn % 8)
        if arguments not in pool:
            pool.append(arguments)
    function = compiled(source)
    expected = [run(function, arguments) for arguments in pool]
    mutants = []
    for text in near_misses(program, by_key):
        try:
            wrong = compiled(text)
        except SyntaxError:
            continue
        kills = {i for i, arguments in enumerate(pool) if run(wrong, arguments) != expected[i]}
        if kills:
            mutants.append(kills)
    usable = [i for i in range(len(pool)) if expected[i] is not None]
    chosen, seen = usable[:1], [expected[usable[0]]]
    killed = [int(chosen[0] in kills) for kills in mutants]
    while len(chosen) < count:
        def gain(i):
            fresh = sum((4, 2, 1, 0)[min(killed[m], 3)] for m, kills in enumerate(mutants) if i in kills)
            return (fresh - 2 * seen.count(expected[i]) + (expected[i] not in seen), -i)
        best = max((i for i in usable if i not in chosen), key=gain)
        chosen.append(best)
        seen.append(expected[best])
        for m, kills in enumerate(mutants):
            killed[m] += best in kills
    alive = sum(1 for value in killed if value == 0)
    return [(pool[i], expected[i]) for i in chosen], len(mutants), alive
