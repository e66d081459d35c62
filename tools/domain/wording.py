"""From a program to an English instruction.

Two kinds of sentence. *Nested*: one noun phrase ("the sum of the squares of
the even numbers in xs"), possible when the filters come first. *Steps*: the
operators as actions in their order. Every phrasing used is recorded, so that
the generator can see to it that the SFT part shows all of them.
"""

NESTED = {
    "value": ("Return {r}{d}.", "Given {intro}, return {r}{d}.", "What is {r}{q}?", "Write a function that returns {r}{d}.",
              "For {intro}, compute {r}{d}.", "The function gets {intro} and returns {r}{d}.", "Find {r}{d}.",
              "solve should give {r}{d}."),
    "list": ("Return a list of {r}.", "Given {intro}, list {r}.", "What are {r}? Return a list.", "List {r}.",
             "Write a function that returns the list of {r}.", "For {intro}, build the list of {r}.",
             "The result is the list of {r}."),
    "whether": ("Return {r}.", "Given {intro}, tell {r}.", "Check {r}.", "Write a function that tells {r}.",
                "For {intro}, decide {r}.", "The answer is {r}."),
}
STEPS = {
    "value": ("Given {intro}, {short} and {tail}{d}.", "Take {all}, {short}, then {tail}{d}.", "{Long}, then {tail}{d}.",
              "Return {r} after {ing}{d}.", "First {long}, and finally {tail}{d}.", "Start with {all}: {short}, and {tail}{d}.",
              "What is {r} once you {long}{q}?", "With {intro}, {long}; {tail}{d}."),
}
STEPS["list"] = STEPS["value"][:3] + ("Return the list you get after {ing}.",) + STEPS["value"][4:6] + (
    "Which list remains once you {long}?",) + STEPS["value"][7:]
STEPS["whether"] = STEPS["value"][:3] + STEPS["value"][4:6] + STEPS["value"][7:]
DEFAULTS = (", or {c} if there are none", " ({c} if there are none)", ", with {c} for no values at all")
REMAINS = ("the results", "what you have")


class Wording:
    """Words one program with one random generator."""

    def __init__(self, program, rng):
        self.program, self.rng, self.used = program, rng, []
        self.source = program.source
        self.const = dict(zip("cb", program.source_values))

    def pick(self, label, options):
        index = self.rng.randrange(len(options))
        self.used.append(label + " " + str(index))
        return options[index]

    def where(self):
        return self.pick(self.place() + " loc", self.source.locs).format(**self.const)

    def place(self):
        return "source " + self.source.family + " " + self.source.key

    def intro(self):
        return self.pick(self.place() + " intro", self.source.intro)

    def noun(self):
        return self.pick(self.place() + " noun", self.source.nouns)

    def shape(self):
        """list, whether or value: what kind of sentence fits the result."""
        key = self.program.final.op.key
        if key.startswith("list"):
            return "list"
        return "whether" if key.startswith(("any-", "all-")) else "value"

    def verb_phrase(self, use):
        return self.pick("filter " + use.op.key, use.op.words).format(**use.constants())

    def items(self, filters, noun=None, where=None):
        """'the even numbers in xs that are greater than 5'"""
        before, after = [], []
        for use in filters:
            if use.op.pre and self.rng.randrange(2) == 0:
                before.append(use.op.pre[0])
            else:
                after.append(self.verb_phrase(use))
        after.sort(key=lambda text: text.startswith(("belong to", "have values")))   # these bind what follows
        noun = noun or self.noun()
        where = self.where() if where is None else where
        words = ["the"] + before + [noun] + ([where] if where else [])
        if after:
            words.append("that " + shorten(after))
        return " ".join(words)

    def nestable(self):
        """Filters first, then operators with noun forms."""
        seen_other = False
        if self.shape() == "whether" and any(use.op.kind == "list" for use in self.program.stages):
            return False
        for use in self.program.stages:
            if use.op.kind == "filter" and seen_other:
                return False
            if use.op.kind != "filter":
                seen_other = True
                if not use.op.nouns:
                    return False
        return True

    def takes_suffix(self):
        """Whether ', each doubled' may close the noun phrase of the final operator."""
        final = self.program.final.op
        return not final.positional and all(noun.endswith("{np}") for noun in final.nouns)

    def nested_phrase(self):
        stages = self.program.stages
        np = self.items([u for u in stages if u.op.kind == "filter"])
        rest = [u for u in stages if u.op.kind != "filter"]
        for use in rest:
            # a suffix next to another noun form would leave the order open
            forms = [n for n in use.op.nouns if not n.startswith("{np}")
                     or (len(rest) == 1 and self.takes_suffix())]
            if not forms:
                return None
            np = self.pick("noun " + use.op.key, forms).format(np=np, **use.constants())
        return np

    def default(self):
        use = self.program.final
        if not use.op.default:
            return "", ""
        text = self.pick("default", DEFAULTS).format(**use.constants())
        return text, DEFAULTS[1].format(**use.constants())

    def result(self, np):
        use = self.program.final
        return self.pick("final noun " + use.op.key, use.op.nouns).format(np=np, **use.constants())

    def nested(self):
        np = self.nested_phrase()
        if np is None:
            return None
        default, bracket = self.default()
        frame = self.pick("nested " + self.shape(), NESTED[self.shape()])
        return self.dress(frame, r=self.result(np), d=default, q=bracket)

    def action(self, use, first, spelled):
        """One step as (imperative, gerund); `spelled` names the source in it."""
        op, const = use.op, use.constants()
        if op.kind == "filter":
            if op.neg and self.rng.randrange(4) == 0:
                text = self.pick("drop " + op.key, op.neg).format(**const)
                verb = self.pick("drop verb", ("drop|dropping ", "remove|removing ", "discard|discarding "))
                target = self.items((), noun=None) if spelled else self.pick("drop who", ("the ones", "those"))
                return both(verb + target + " that " + text)
            verb = self.pick("keep verb", ("keep only|keeping only ", "keep|keeping ", "select|selecting "))
            if spelled:
                return both(verb + self.items((use,)))
            if op.pre and self.rng.randrange(2) == 0:
                return both(verb + "the " + op.pre[0] + " ones")
            return both(verb + self.pick("keep who", ("those", "the ones")) + " that " + self.verb_phrase(use))
        words = self.pick(op.kind + " " + op.key, op.words)
        if op.kind == "map":
            if spelled:
                target = "each " + self.source.sing + " " + self.where()
            else:
                target = self.pick("each", ("each", "each one", "every one")) if first else self.pick("next", ("each", "each result"))
        else:
            target = self.items(()) if spelled else "them"
        return both(words.format(o=target, **const))

    def steps(self):
        shape = self.shape()
        frame = self.pick("steps " + shape, STEPS[shape])
        spelled = "{short}" not in frame or ("{all}" not in frame and not self.source.plain)
        actions = [self.action(use, i == 0, spelled and i == 0) for i, use in enumerate(self.program.stages)]
        plain, gerunds = [a[0] for a in actions], [a[1] for a in actions]
        default, bracket = self.default()
        use = self.program.final
        fields = {"d": default, "q": bracket}
        if "{r}" in frame:
            fields["r"] = self.result(self.pick("remains", REMAINS))
        if "{tail}" in frame:
            fields["tail"] = self.pick("tail " + use.op.key, use.op.words).format(**use.constants())
        if "{all}" in frame:
            fields["all"] = self.items(())
        joined = ", ".join(plain) if len(plain) < 3 else ", ".join(plain[:2]) + ", then " + ", ".join(plain[2:])
        fields.update(short=joined, long=", then ".join(plain), ing=", then ".join(gerunds))
        fields["Long"] = fields["long"][0].upper() + fields["long"][1:]
        return self.dress(frame, **fields)

    def dress(self, frame, **fields):
        if "{intro}" in frame:
            fields["intro"] = self.intro()
        return frame.format(**fields)

    def sentence(self):
        """An instruction, or None when this draw has no natural wording."""
        if not self.program.stages or (self.nestable() and self.rng.randrange(5) < 3):
            return self.nested()
        return self.steps()


def both(text):
    """'add|adding 3 to each' as ('add 3 to each', 'adding 3 to each')."""
    if "|" not in text:
        return text, text
    left, right = text.split("|", 1)
    gerund = right.split(" ")[0]
    count = 2 if left == "keep only" else 1
    return left + " " + " ".join(right.split(" ")[count:]), " ".join([gerund] + right.split(" ")[1:])


def shorten(phrases):
    """'are odd', 'are above 3' -> 'are odd and above 3'."""
    text = phrases[0]
    for phrase in phrases[1:]:
        same = phrase.startswith("are ") and text.startswith("are ") and phrases[0].startswith("are ")
        text += " and " + (phrase[4:] if same else phrase)
    return text
