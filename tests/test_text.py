"""Positions: lines, byte offsets, and fragments with the way back to their file."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portlint.text import ByteOffsets, Fragment, Lines, Region, Span

TEXTS = st.text(st.sampled_from("ab1: é中😀\t\n\r\\\u2028\x0c"), max_size=40)


@given(TEXTS)
def test_lines_end_at_newline_carriage_return_or_both(text: str) -> None:
    lines = Lines(text)
    assert lines.starts == [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]
    for offset in range(len(text) + 1):
        line, column = lines.position(offset)
        assert line == sum(start <= offset for start in lines.starts)
        assert column >= 1
        assert lines.offset(line, column) == offset


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\r\nb", 2, (1, 3)),
        ("a\rb", 2, (2, 1)),
        ("a\n\rb", 3, (3, 1)),
        ("a\u2028b\x0cc\x85d", 6, (1, 7)),  # str.splitlines would break here; editors do not
        ("中😀x", 2, (1, 3)),
        ("", 0, (1, 1)),
        ("a\n", 2, (2, 1)),
    ],
)
def test_position(text: str, offset: int, expected: tuple[int, int]) -> None:
    assert Lines(text).position(offset) == expected


def test_region_is_one_based_and_its_end_exclusive() -> None:
    assert Lines("PORT=8000\nX").region(Span(5, 9)) == Region(1, 6, 1, 10)
    assert Lines("a\nbc").region(Span(0, 4)) == Region(1, 1, 2, 3)
    assert Lines("a\nbc").offset(9, 2) == 3  # past the end: the last line


@pytest.mark.parametrize("line", ["x\r", "x\n"])
def test_lines_of_old_and_mixed_files_take_linear_time(line: str) -> None:
    text = "first\r" + line * 200_000
    start = time.perf_counter()
    assert len(Lines(text).starts) == 200_002
    assert time.perf_counter() - start < 2


@given(TEXTS, st.data())
def test_byte_offsets_are_those_of_the_encoded_text(text: str, data: st.DataObject) -> None:
    offsets = ByteOffsets(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = len(text[:start].encode()), len(text[:end].encode())
    assert offsets.span(first, last) == (start, end)


def test_a_byte_within_a_character_is_that_character() -> None:
    offsets = ByteOffsets("a中b")
    assert [offsets.codepoint(at) for at in range(6)] == [0, 1, 1, 1, 2, 3]
    assert ByteOffsets("abc").codepoint(2) == 2


@given(TEXTS, st.data())
def test_a_slice_points_back_into_its_file(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    fragment = Fragment.slice_of(text, start, end)
    first = data.draw(st.integers(0, len(fragment.text)))
    last = data.draw(st.integers(first, len(fragment.text)))
    span = fragment.span(first, last)
    assert text[span.start : span.end] == fragment.text[first:last] == fragment.cut(first, last).text
    assert fragment.cut(first, last).whole == span
    assert text[slice(*fragment.whole)] == fragment.text


PARTS = st.lists(st.tuples(st.text("abé中😀", min_size=1, max_size=4), st.text("\\ \n", max_size=3)), max_size=6)


@given(PARTS, st.data())
def test_pieces_point_back_to_what_was_kept(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    """Between the pieces something was left out; a span within the pieces never begins or ends there."""
    file, pieces = "", []
    for kept, dropped in parts:
        pieces.append((kept, len(file)))
        file += kept + dropped
    fragment = Fragment.pieces(pieces, len(file))
    assert fragment.text == "".join(kept for kept, _ in parts)
    first = data.draw(st.integers(0, len(fragment.text)))
    last = data.draw(st.integers(first, len(fragment.text)))
    span = fragment.span(first, last)
    assert fragment.cut(first, last).whole == span
    written = file[span.start : span.end]
    assert re.sub(r"[\\ \n]", "", written) == fragment.text[first:last]
    if all(len(kept) > 1 for kept, _ in parts) and last > first:
        assert written[-1] not in "\\ \n"
    inner = fragment.cut(first, last)
    for index in range(len(inner.text)):
        assert file[inner.offset(index)] == inner.text[index]


def test_a_piece_of_one_character_covers_its_escape() -> None:
    file = r"a\u0041b"
    fragment = Fragment.pieces([("a", 0), ("A", 1), ("b", 7)], 8)
    assert fragment.text == "aAb"
    assert file[slice(*fragment.span(1, 2))] == r"\u0041"
    assert file[slice(*fragment.whole)] == file


def test_a_value_before_a_line_continuation_ends_before_the_backslash() -> None:
    file = "run --port 8000\\\n --host x"
    fragment = Fragment.pieces([(file[:15], 0), (file[17:], 17)], len(file))
    assert file[slice(*fragment.span(11, 15))] == "8000"
    assert fragment.span(15, 15) == (17, 17)
