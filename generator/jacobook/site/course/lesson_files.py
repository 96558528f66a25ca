"""The files of the course: which there are, and what stands in them. Nothing here loads the engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jacobook.site.course.lesson_model import Lesson

FOLDER = Path(__file__).parent / "lessons"
LESSON_FILES = {path.stem.partition("-")[2]: path for path in sorted(FOLDER.glob("*.md"))}
"""The file of every lesson, by its slug, in the order of the course."""

_HEAD = re.compile(r"---\n(?P<head>.*?)^---\n(?P<body>.*)", re.DOTALL | re.MULTILINE)


class LessonError(ValueError):
    """A lesson that cannot be used; the message begins with its file."""


def lesson_source(slug: str) -> str:
    """Return the text of a lesson's file."""
    return LESSON_FILES[slug].read_text("utf-8")


def read_lesson(text: str, name: str) -> Lesson:
    """Return the lesson in the text of a file of this name. Raises LessonError."""
    import yaml
    from pydantic import ValidationError

    from jacobook.site.course.lesson_model import Lesson

    parts = _HEAD.fullmatch(text)
    if parts is None:
        raise LessonError(f"{name}: a lesson begins with its head in YAML, between two lines ---")
    try:
        return Lesson.model_validate({**yaml.safe_load(parts["head"]), "body": parts["body"].strip()})
    except (yaml.YAMLError, TypeError) as error:
        raise LessonError(f"{name}: the head is no mapping in YAML: {error}") from error
    except ValidationError as error:
        said = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise LessonError(f"{name}: {'; '.join(said)}") from error
