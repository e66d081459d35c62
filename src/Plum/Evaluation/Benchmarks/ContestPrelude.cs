namespace Plum.Evaluation.Benchmarks;

/// <summary>What contest harnesses put before a program, so that <c>List</c>, <c>inf</c> or <c>heappush</c> need no import.</summary>
internal static class ContestPrelude
{
    /// <summary>LiveCodeBench's imports (<c>lcb_runner/evaluation/testing_util.py</c>) and its recursion limit.</summary>
    public const string Imports = """
        from string import *
        from re import *
        from datetime import *
        from collections import *
        from heapq import *
        from bisect import *
        from copy import *
        from math import *
        from random import *
        from statistics import *
        from itertools import *
        from functools import *
        from operator import *
        from io import *
        from sys import *
        from json import *
        from builtins import *
        from typing import *
        import string, re, datetime, collections, heapq, bisect, copy, math, random, statistics, itertools, functools, operator, io, sys, json
        sys.setrecursionlimit(50000)

        """;

    /// <summary>LeetCode's nodes, how calls take lists for them and give them back as lists.</summary>
    public const string Nodes = Imports + """
        class ListNode:
            def __init__(self, val=0, next=None):
                self.val, self.next = val, next

        class TreeNode:
            def __init__(self, val=0, left=None, right=None):
                self.val, self.left, self.right = val, left, right

        def plum_nodes(program_names, function, nodes_for_none):
            def made(value):
                if type(value) is not tuple or len(value) != 2 or value[0] not in ('list_node', 'tree_node'):
                    return value
                kind, items = value
                if not items:
                    return None
                if kind == 'list_node':
                    Node, first = program_names['ListNode'], None
                    for item in reversed(items):
                        first = Node(item, first)
                    return first
                Node = program_names['TreeNode']
                root = Node(items[0])
                row, rest = [root], iter(items[1:])
                while row:
                    following = []
                    for node in row:
                        for side in ('left', 'right'):
                            item = next(rest, None)
                            if item is not None:
                                setattr(node, side, Node(item))
                                following.append(getattr(node, side))
                    row = following
                return root

            def read(value):
                kind = type(value).__name__
                if value is None and nodes_for_none:
                    return (nodes_for_none, [])
                if kind == 'ListNode':
                    items = []
                    while value is not None and len(items) < 1000000:
                        items.append(value.val)
                        value = value.next
                    return ('list_node', items)
                if kind == 'TreeNode':
                    items, row = [], [value]
                    while any(node is not None for node in row) and len(items) < 1000000:
                        items += [None if node is None else node.val for node in row]
                        row = [child for node in row if node is not None for child in (node.left, node.right)]
                    while items and items[-1] is None:
                        items.pop()
                    return ('tree_node', items)
                return value

            def call(*given, **named):
                return read(function(*[made(value) for value in given], **{name: made(value) for name, value in named.items()}))
            return call

        """;
}
