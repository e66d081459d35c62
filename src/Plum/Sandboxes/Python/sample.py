from typing import Dict, List, Optional, Tuple
import math
import re
from collections import Counter, defaultdict


class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


def helper(text: str, width: int = 3) -> List[str]:
    """Cuts a text into pieces.

    >>> helper("abcdef")
    ['abc', 'def']
    """
    return [text[at:at + width] for at in range(0, len(text), width)]


def sample(numbers: List[int], text: str = "", *, scale: float = 1.5) -> Tuple:
    counts: Dict[str, int] = defaultdict(int)
    for character in text.lower().split():
        counts[character] += 1
    try:
        first: Optional[int] = next(number for number in numbers if number % 2 == 0)
    except StopIteration:
        first = None
    ordered = sorted(set(numbers), key=lambda number: (-number, str(number)))
    words = re.findall(r"[a-z]+", text)
    total = sum(math.sqrt(abs(number)) * scale for number in ordered)
    node = None
    for number in ordered[:5]:
        node = Node(number, node)
    joined = ", ".join("%d:%s" % (at, word) for at, word in enumerate(words))
    return (first, ordered, dict(counts), joined, round(total, 3), f"{total:.2f}", helper(text), Counter(text).most_common(2),
            node is None or node.value, {1, 2} | set(numbers), max(numbers, default=0), text.strip() == "" or not text)
