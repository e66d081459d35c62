"""Filters and maps on words and on single characters."""
from model import COMPARE, Op


def keep(key, takes, code, words, neg=(), pre=(), consts=(), **more):
    return Op(key, "filter", takes, takes, code, words, pre=pre, neg=neg,
              consts=consts, **more)


def change(key, takes, gives, code, words, nouns=(), consts=(), **more):
    return Op(key, "map", takes, gives, code, words, nouns, consts=consts, **more)


LETTERS = ("a", "e", "i", "o", "n", "r", "t", "l")
LENGTHS = (3, 4, 5)

FILTERS = (
    keep("longer", "str", "len({e}) > {c}", ("have more than {c} letters", "are longer than {c} letters"),
         ("have at most {c} letters",), consts=(LENGTHS,)),
    keep("shorter", "str", "len({e}) < {c}", ("have fewer than {c} letters", "are shorter than {c} letters"),
         ("have at least {c} letters",), consts=((4, 5, 6),)),
    keep("exactly", "str", "len({e}) == {c}", ("have exactly {c} letters", "are {c} letters long"), consts=(LENGTHS,)),
    keep("even-length", "str", "len({e}) % 2 == 0", ("have an even length", "have an even number of letters"),
         ("have an odd length",)),
    keep("odd-length", "str", "len({e}) % 2 == 1", ("have an odd length", "have an odd number of letters"),
         ("have an even length",)),
    keep("starts-vowel", "str", "{a}[0] in 'aeiou'", ("start with a vowel", "begin with a vowel"),
         ("start with a consonant",)),
    keep("starts-consonant", "str", "{a}[0] not in 'aeiou'", ("start with a consonant", "do not begin with a vowel"),
         ("start with a vowel",)),
    keep("ends-vowel", "str", "{a}[-1] in 'aeiou'", ("end with a vowel", "have a vowel at the end"),
         ("end with a consonant",)),
    keep("has-letter", "str", "'{c}' in {a}", ("contain the letter {c}", "have the letter {c} in them"),
         ("do not contain the letter {c}",), consts=(LETTERS,)),
    keep("lacks-letter", "str", "'{c}' not in {a}", ("do not contain the letter {c}", "lack the letter {c}"),
         ("contain the letter {c}",), consts=(LETTERS,)),
    keep("palindrome", "str", "{a} == {a}[::-1]", ("are palindromes", "read the same backwards"),
         ("are not palindromes",), ("palindromic",)),
    keep("same-ends", "str", "{a}[0] == {a}[-1]", ("start and end with the same letter", "have equal first and last letters"),
         simple=True),
    keep("after-m", "str", "{a} > 'm'", ("come after the letter m in the alphabet", "sort after the letter m")),
    keep("vowel", "chr", "{a} in 'aeiou'", ("are vowels",), ("are not vowels",)),
    keep("not-vowel", "chr", "{a} not in 'aeiou'", ("are not vowels", "are anything but vowels"), ("are vowels",)),
    keep("consonant", "chr", "{a}.isalpha() and {a} not in 'aeiou'", ("are consonants",), ("are not consonants",), simple=True),
    keep("digit", "chr", "{a}.isdigit()", ("are digits",), ("are not digits",)),
    keep("letter", "chr", "{a}.isalpha()", ("are letters", "belong to the alphabet"), ("are not letters",)),
    keep("not-letter-x", "chr", "{a} != '{c}'", ("are not the letter {c}", "are different from the letter {c}"),
         ("are equal to the letter {c}",), consts=(LETTERS,)),
    keep("chr-after", "chr", "{a} > '{c}'", ("come after {c} in the alphabet", "are letters later than {c}"),
         consts=(("f", "h", "j", "m"),)),
    keep("chr-before", "chr", "'a' <= {a} < '{c}'", ("are letters before {c}", "are letters earlier than {c}"),
         consts=(("h", "l", "m", "p"),), simple=True),
    keep("repeated", "chr", "s.count({e}) > 1", ("occur more than once in s", "are repeated in s"),
         ("occur only once in s",), simple=True),
    keep("once", "chr", "s.count({e}) == 1", ("occur only once in s", "appear exactly once in s"),
         ("are repeated in s",), simple=True),
)

MAPS = (
    change("upper", "str", "str", "{a}.upper()", ("put|putting {o} in upper case", "convert|converting {o} to upper case"),
           ("{np}, each in upper case",)),
    change("backwards", "str", "str", "{a}[::-1]", ("reverse|reversing the letters of {o}", "spell|spelling {o} backwards"),
           ("{np}, each spelled backwards",)),
    change("capital", "str", "str", "{a}.capitalize()", ("capitalise|capitalising {o}", "give|giving {o} a capital first letter"),
           ("{np}, each capitalised",)),
    change("initial", "str", "str", "{a}[0]", ("take|taking the first letter of {o}", "replace|replacing {o} by its first letter"),
           ("the first letters of {np}", "the initials of {np}")),
    change("ending", "str", "str", "{a}[-1]", ("take|taking the last letter of {o}", "replace|replacing {o} by its last letter"),
           ("the last letters of {np}",)),
    change("prefix", "str", "str", "{a}[:{c}]", ("shorten|shortening {o} to its first {c} letters", "cut|cutting {o} after {c} letters"),
           ("the first {c} letters of each of {np}",), consts=((2, 3, 4),)),
    change("tail", "str", "str", "{a}[1:]", ("remove|removing the first letter of {o}", "cut|cutting the first letter off {o}"),
           ("{np}, each without its first letter",)),
    change("twice", "str", "str", "{a} * 2", ("write|writing {o} twice in a row", "repeat|repeating {o} twice"),
           ("{np}, each written twice",), prec=3),
    change("suffix", "str", "str", "{s} + '{c}'", ("append|appending {c} to {o}", "add|adding {c} at the end of {o}"),
           ("{np}, each followed by {c}",), consts=(("s", "!", "er", "x"),), prec=2),
    change("swap-letter", "str", "str", "{a}.replace('{c}', '{b}')",
           ("replace|replacing {c} by {b} in {o}", "change|changing every {c} in {o} to {b}"),
           consts=(("a", "e", "o"), ("u", "z", "y"))),
    change("no-vowels", "str", "str", "''.join(c for c in {e} if c not in 'aeiou')",
           ("remove|removing the vowels from {o}", "strip|stripping all vowels out of {o}"),
           ("{np}, each without vowels",), simple=True),
    change("length", "str", "int", "len({e})", ("take|taking the length of {o}", "replace|replacing {o} by its length"),
           ("the lengths of {np}",)),
    change("vowel-count", "str", "int", "sum(c in 'aeiou' for c in {e})",
           ("count|counting the vowels in {o}", "replace|replacing {o} by its number of vowels"),
           ("the vowel counts of {np}",), simple=True),
    change("letter-count", "str", "int", "{a}.count('{c}')",
           ("count|counting the letter {c} in {o}", "replace|replacing {o} by how often it contains {c}"),
           consts=(("a", "e", "o"),)),
    change("chr-upper", "chr", "chr", "{a}.upper()", ("put|putting {o} in upper case", "capitalise|capitalising {o}"),
           ("{np}, each in upper case",)),
    change("chr-twice", "chr", "chr", "{a} * 2", ("double|doubling {o}", "write|writing {o} twice"),
           ("{np}, each written twice",), prec=3),
    change("chr-swap", "chr", "chr", "{a}.replace('{c}', '{b}')", ("replace|replacing {o} by {b} if it is {c}",
           "turn|turning {o} into {b} when it is {c}"), consts=(("a", "e", "o"), ("u", "z", "y"))),
    change("chr-mark", "chr", "chr", "{s} + '{c}'", ("put|putting {c} after {o}", "append|appending {c} to {o}"),
           ("{np}, each followed by {c}",), consts=(("-", "!", "*", "x"),), prec=2),
    change("chr-star", "chr", "chr", "'*' if {a} in 'aeiou' else {e}", ("replace|replacing {o} by a star if it is a vowel",
           "mask|masking {o} with a star when it is a vowel"), simple=True, prec=0),
)
