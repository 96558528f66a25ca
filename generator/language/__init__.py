"""From text to expressions: `parse_declarations`, `parse_given`, `parse_expression`, `parse_statement`.

What cannot be read raises LanguageError, which knows line, column and, often, what would fit.
"""

from generator.language.declarations import parse_declarations, parse_given
from generator.language.differentials import read_differential
from generator.language.errors import LanguageError, ShapeClash
from generator.language.statement import parse_expression, parse_statement

__all__ = [
    "LanguageError",
    "ShapeClash",
    "parse_declarations",
    "parse_expression",
    "parse_given",
    "parse_statement",
    "read_differential",
]
