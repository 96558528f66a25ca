"""Typed expressions: dimensions, shapes, nodes, their construction, their normal form. Imports no other room."""

import sys

from jacobook.algebra import build as build  # gives the operators of nodes their meaning

# Expressions are walked by recursion. A chain of several hundred links is as deep when it is written as one expression;
# the language caps what can come in.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))
