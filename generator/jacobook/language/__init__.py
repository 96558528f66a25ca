"""From text to expressions: `parse_declarations`, `parse_given`, `parse_expression`, `parse_statement`, `guess`.

What cannot be read raises LanguageError, which knows line, column and, often, what would fit.
"""

from jacobook.language.declarations import parse_declarations, parse_given
from jacobook.language.differential_texts import read_differential
from jacobook.language.errors.language_error import LanguageError, ShapeClash
from jacobook.language.guessed_declarations import Guess, guess
from jacobook.language.reading import expression_with_remarks, parse_expression, parse_statement, rows_with_remarks

__all__ = [
    "Guess",
    "LanguageError",
    "ShapeClash",
    "expression_with_remarks",
    "guess",
    "parse_declarations",
    "parse_expression",
    "parse_given",
    "parse_statement",
    "read_differential",
    "rows_with_remarks",
]
