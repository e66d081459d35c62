"""Writes the instruction set: python3 tools/domain/generate.py --seed 1 --out DIR."""
import argparse
import hashlib
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import checks  # noqa: E402
import compose  # noqa: E402
import ops_final  # noqa: E402
import ops_int  # noqa: E402
import ops_list  # noqa: E402
import ops_text  # noqa: E402
from emit import source_of  # noqa: E402
from inputs import Drawer, source_text  # noqa: E402
from wording import Wording  # noqa: E402

TRUTH_TURNS = 80
PARTS = (("sft", 30), ("plum", 50), ("validation", 8), ("heldout", 12))
BY_KEY = {op.key: op for group in (ops_int.FILTERS, ops_int.MAPS, ops_text.FILTERS, ops_text.MAPS, ops_list.LISTS,
                                   ops_final.FINALS, compose.KEY_FILTERS) for op in group}


def part_of(seed, name, size):
    """The part of a composition: by a keyed hash, single operators to SFT."""
    if size <= 1:
        return "sft"
    digest = hashlib.sha256(("plum-split %d %s" % (seed, name)).encode()).digest()
    point = int.from_bytes(digest[:8], "big") % sum(share for _, share in PARTS)
    for part, share in PARTS:
        if point < share:
            return part
        point -= share


class Maker:
    """Finds compositions and words programs of them."""

    def __init__(self, seed):
        self.seed = seed
        self.judge = checks.Judge()
        self.texts = {}

    def rng(self, *names):
        return random.Random("|".join(map(str, (self.seed,) + names)))

    def program(self, rng, composition):
        """A worthwhile program of the composition and its source, or None."""
        program = compose.instantiate(rng, composition)
        if program is None:
            return None
        source = source_of(program)
        if len(source) > 250:
            return None
        drawer = Drawer(program, self.rng("probe", source))
        inputs = [drawer.arguments(turn % 7 + 1) for turn in range(20)] + [drawer.arguments(0)]
        return (program, source) if self.judge.worthwhile(program, source, inputs) else None

    def compositions(self, family, count):
        """All single operators, then random compositions up to the count."""
        rng, found = self.rng("compose", family), {}
        singles = list(compose.single_ops(family))
        tries = 0
        while len(found) < count and tries < 40 * count:
            drawn = singles[tries] if tries < len(singles) else compose.draw_ops(rng, family)
            tries += 1
            if drawn is None:
                continue
            for _ in range(10 if tries <= len(singles) else 2):
                made = self.program(rng, drawn)
                if made is not None:
                    found.setdefault(made[0].composition(), drawn)
                    break
        return found

    def example(self, rng, composition):
        """A new (text, program, source, phrasings), or None."""
        made = self.program(rng, composition)
        if made is None:
            return None
        wording = Wording(made[0], rng)
        text = wording.sentence()
        if text is None or not 5 <= len(text.split()) <= 36 or text in self.texts:
            return None
        self.texts[text] = made[0].composition()
        return text, made[0], made[1], wording.used


def calls(program, source, rng):
    return ["solve(" + source_text(arguments) + ")" for arguments in Drawer(program, rng).call_set(5)]


def draw_part(maker, part, pool, count, cap=None, known=None):
    """`count` examples of the pool's compositions, families in turn, with known phrasings only."""
    found, uses = [], {}
    queues = {}
    for family in compose.FAMILIES:
        names = sorted(name for name, drawn in pool if drawn[0].family == family)
        maker.rng("order", part, family).shuffle(names)
        queues[family] = names
    by_name = dict(pool)
    rng, place, idle = maker.rng("draw", part), dict.fromkeys(compose.FAMILIES, 0), 0
    while len(found) < count and idle < 4000:
        for family in compose.FAMILIES:
            names = queues[family]
            if not names or len(found) >= count:
                continue
            name = names[place[family] % len(names)]
            place[family] += 1
            if cap and uses.get(name, 0) >= cap:
                idle += 1
                continue
            made = None
            for _ in range(4):
                made = maker.example(rng, by_name[name])
                if made is not None and known is not None and not known.issuperset(made[3]):
                    made = None
                if made is not None:
                    break
            idle = 0 if made else idle + 1
            if made:
                uses[name] = uses.get(name, 0) + 1
                found.append(made)
    return found


def choose_sft(maker, examples, count):
    """From the worded SFT examples: new phrasings first, families balanced, a composition at most twice."""
    order = list(range(len(examples)))
    maker.rng("choose").shuffle(order)
    quota = {family: count // len(compose.FAMILIES) + (i < count % len(compose.FAMILIES))
             for i, family in enumerate(compose.FAMILIES)}
    uses, seen, chosen = {}, set(), []
    for demand in (2, 1, 0):
        for index in order:
            _, program, _, used = examples[index]
            name = program.composition()
            fresh = len(set(used) - seen)
            if index in uses.get("taken", ()) or quota[program.family] == 0 or fresh < demand or uses.get(name, 0) >= (2 if demand else 1):
                continue
            quota[program.family] -= 1
            uses[name] = uses.get(name, 0) + 1
            uses.setdefault("taken", set()).add(index)
            seen.update(used)
            chosen.append(index)
    maker.rng("sft order").shuffle(chosen)
    return chosen, seen


def taught(part, examples, maker):
    for i, (text, program, source, _) in enumerate(examples, 1):
        yield {"id": "%s-%05d" % (part, i), "family": program.family, "instruction": text, "entry_point": "solve",
               "solution": source, "inputs": calls(program, source, maker.rng("calls", part, i))}


def asked(part, examples):
    for i, (text, program, _, _) in enumerate(examples, 1):
        yield {"id": "%s-%05d" % (part, i), "family": program.family, "instruction": text, "entry_point": "solve"}


def tested(part, examples, maker, report):
    for i, (text, program, source, _) in enumerate(examples, 1):
        tests, mutants, alive = checks.tests_for(program, source, BY_KEY, "%d|%s|%d" % (maker.seed, part, i))
        report[0] += mutants
        report[1] += alive
        yield {"id": "%s-%05d" % (part, i), "family": program.family, "instruction": text, "entry_point": "solve",
               "tests": [{"arguments": source_text(arguments), "expected": expected} for arguments, expected in tests]}


def truths(examples, maker):
    """What the instructions to learn from really ask for: a solution, and tests beyond those that a suite may hold."""
    for i, (text, program, source, _) in enumerate(examples, 1):
        drawer = Drawer(program, maker.rng("truth", i))
        pool = drawer.call_set(12)
        for turn in range(TRUTH_TURNS):
            arguments = drawer.arguments(turn % 8)
            if arguments not in pool:
                pool.append(arguments)
        function = checks.compiled(source)
        tests = [(arguments, checks.run(function, arguments)) for arguments in pool]
        yield {"id": "plum-%05d" % i, "family": program.family, "instruction": text, "entry_point": "solve", "solution": source,
               "tests": [{"arguments": source_text(arguments), "expected": expected} for arguments, expected in tests if expected is not None]}


def write(path, records):
    """Write JSON Lines; returns the SHA-256 of the file."""
    data = "".join(json.dumps(record, ensure_ascii=True) + "\n" for record in records).encode("ascii")
    with open(path, "wb") as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def tally(values):
    counts = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return {key: counts[key] for key in sorted(counts)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    parser.add_argument("--teacher-out")
    parser.add_argument("--teacher-more", type=int, default=0, help="further examples for the teacher, of what is asked too: teacher-more.jsonl")
    parser.add_argument("--truth", help="a file for the plum part's solutions and tests: to measure suites by, never to learn from")
    parser.add_argument("--compositions", type=int, default=1600, help="per family")
    for name, count in (("sft", 1200), ("teacher", 16000), ("plum", 12000), ("validation", 500), ("heldout", 600)):
        parser.add_argument("--" + name, type=int, default=count)
    options = parser.parse_args()
    maker = Maker(options.seed)

    pools = {part: [] for part, _ in PARTS}
    for family in compose.FAMILIES:
        for name, drawn in maker.compositions(family, options.compositions).items():
            pools[part_of(options.seed, name, compose.size(drawn))].append((name, drawn))
    used = lambda drawn: {op.key for op in drawn[1] + (drawn[2],)}
    operators = {key for _, drawn in pools["sft"] for key in used(drawn)}
    for part in pools:
        pools[part] = [(name, drawn) for name, drawn in pools[part] if used(drawn) <= operators]

    examples = {"worded": draw_part(maker, "sft", pools["sft"], options.sft + options.teacher)}
    chosen, seen = choose_sft(maker, examples["worded"], options.sft)
    examples["sft"] = [examples["worded"][i] for i in chosen]
    taken = set(chosen)
    examples["teacher"] = [e for i, e in enumerate(examples.pop("worded")) if i not in taken][:options.teacher]
    known = seen | {phrasing for e in examples["teacher"] for phrasing in e[3]}
    for part, cap in (("heldout", 1), ("validation", 1), ("plum", None)):
        examples[part] = draw_part(maker, part, pools[part], getattr(options, part), cap, known)
    # Drawn last, so that no other file depends on it. The teacher may have learnt what the instructions ask for, in other words;
    # of what is held out it has seen nothing.
    examples["teacher-more"] = draw_part(maker, "teacher-more", pools["sft"] + pools["plum"], options.teacher_more, known=known)
    assert_sound(examples, seen)

    os.makedirs(options.out, exist_ok=True)
    hashes, killed = {}, {"validation": [0, 0], "heldout": [0, 0]}
    save = lambda folder, part, records: hashes.__setitem__(part + ".jsonl", write(os.path.join(folder, part + ".jsonl"), records))
    save(options.out, "sft", taught("sft", examples["sft"], maker))
    save(options.out, "plum", asked("plum", examples["plum"]))
    for part in ("validation", "heldout"):
        save(options.out, part, tested(part, examples[part], maker, killed[part]))
    if options.teacher_out:
        os.makedirs(options.teacher_out, exist_ok=True)
        for part in ("teacher", "teacher-more"):
            save(options.teacher_out, part, taught(part, examples[part], maker))
    if options.truth:
        write(options.truth, truths(examples["plum"], maker))
    manifest = {
        "seed": options.seed, "operators": len(operators), "sources": len(compose.SOURCES),
        "compositions": {part: tally(drawn[0].family for _, drawn in pools[part]) for part in pools},
        "compositions_used": {part: len({e[1].composition() for e in rows}) for part, rows in examples.items()},
        "instructions": {part: tally(e[1].family for e in rows) for part, rows in examples.items()},
        "near_misses": {part: {"built": pair[0], "not_told_apart": pair[1]} for part, pair in killed.items()},
        "sha256": dict(sorted(hashes.items())),
    }
    with open(os.path.join(options.out, "manifest.json"), "wb") as file:
        file.write((json.dumps(manifest, indent=2) + "\n").encode("ascii"))


def assert_sound(examples, seen):
    """No text twice, no composition in two parts, every phrasing shown in SFT."""
    texts = [e[0] for rows in examples.values() for e in rows]
    assert len(texts) == len(set(texts)), "a text occurs twice"
    owner = {}
    for part, rows in examples.items():
        side = "sft" if part == "teacher" else part
        for _, program, _, _ in rows if part != "teacher-more" else ():
            assert owner.setdefault(program.composition(), side) == side, program.composition()
    kept_back = {name for name, side in owner.items() if side in ("validation", "heldout")}
    assert kept_back.isdisjoint(program.composition() for _, program, _, _ in examples["teacher-more"])
    phrasings = {p for rows in examples.values() for e in rows for p in e[3]}
    taught_phrasings = seen | {p for e in examples["teacher"] for p in e[3]}
    missing = sorted(phrasings - taught_phrasings)
    assert not missing, missing
    print("phrasings: %d, of them in sft.jsonl %d" % (len(phrasings), len(phrasings & seen)))


if __name__ == "__main__":
    main()
