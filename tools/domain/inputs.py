"""Drawing arguments: small values, varied lengths, boundaries of the constants."""

VOCABULARY = (
    "an at up ant bee cat cow dad dog ear egg eye fox ice mom net owl pop red sun tea "
    "area baby bird cake civic fish kayak lake level lion madam milk moon noon open radar "
    "rain ruler star stats tree unit wolf apple bread chair cloud eagle green house idea "
    "lemon night onion ocean orange river table uncle water banana garden island purple "
    "window yellow").split()
LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7)


class Drawer:
    """Draws arguments for one program's source, aware of its constants."""

    def __init__(self, program, rng):
        self.program, self.rng = program, rng
        self.numbers = program.numbers()

    def integer(self):
        if self.numbers and self.rng.randrange(3) == 0:
            pick = self.rng.choice(self.numbers)
            return self.rng.choice((pick, pick, pick + 1, pick - 1, -pick, 2 * pick))
        return self.rng.randrange(-9, 21) if self.rng.randrange(3) else self.rng.randrange(0, 10)

    def integers(self, size):
        values = [self.integer() for _ in range(size)]
        if size > 2 and self.rng.randrange(2):
            values[self.rng.randrange(size)] = self.rng.choice(values)
        return values

    def words(self, size):
        values = [self.rng.choice(VOCABULARY) for _ in range(size)]
        if size > 2 and self.rng.randrange(3) == 0:
            values[self.rng.randrange(size)] = self.rng.choice(values)
        return values

    def text(self, size):
        if size == 0:
            return ""
        parts = self.words(1 if size < 4 else 2)
        if self.rng.randrange(2):
            parts[0] += str(self.rng.randrange(10)) + (str(self.rng.randrange(10)) if size > 4 else "")
        return self.rng.choice((" ", " ", "")).join(parts)

    def positive(self, size):
        key = self.program.source.key
        if key in ("digits", "base-digits"):
            return self.rng.randrange(1, 10 ** max(1, min(size, 5)))
        if key == "halving":
            return self.rng.randrange(1, 10 * max(1, size) ** 2)
        if key == "collatz":
            return self.rng.choice((1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 20, 22, 24))
        if key == "powers":
            return self.rng.choice((1, 2, 3, 4, 8, 9, 10, 16, 27, 30, 50, 64, 81, 100))
        if key in ("divisors", "common-divisors") and self.rng.randrange(2):
            return self.rng.choice((6, 12, 16, 18, 20, 24, 28, 30, 36, 40, 42, 48, 60))
        return self.rng.randrange(1, 5 + 6 * size)

    def one(self, name, size):
        if name in ("xs", "ys"):
            return self.integers(size)
        if name == "k":
            return self.rng.randrange(2, 8)
        if name == "words":
            return self.words(size)
        if name == "s":
            return " ".join(self.words(size)) if self.program.source.key == "split" else self.text(size)
        if name == "d":
            return {word: self.integer() for word in self.words(min(size, 5))}
        if name == "rows":
            return [self.integers(self.rng.randrange(1, 4)) for _ in range(min(size, 4))]
        return self.positive(size)

    def arguments(self, size):
        """A tuple of arguments of about the given size."""
        values = []
        for name in self.program.source.params:
            if name == "ys" and self.program.source.key in ("common", "missing"):
                known = list(values[0])
                self.rng.shuffle(known)
                values.append(known[:len(known) // 2] + self.integers(self.rng.randrange(3)))
            elif name == "ys":
                values.append(self.integers(max(0, size + self.rng.randrange(-1, 2))))
            else:
                values.append(self.one(name, size))
        return tuple(values)

    def call_set(self, count=5):
        """Distinct arguments a careful tester would try: an edge, then growing sizes."""
        sizes = [self.rng.choice((0, 1)), 2, 4, 5, 7, 6, 3, 5, 4, 7, 6, 5]
        found = []
        for size in sizes * 4:
            args = self.arguments(size)
            if len(found) < count and args not in found:
                found.append(args)
        return found


def source_text(arguments):
    """The arguments as they stand between the parentheses of a call."""
    return ", ".join(repr(value) for value in arguments)
