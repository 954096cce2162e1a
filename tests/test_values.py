"""The expression model: walking, joining, words for tables."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from portlint.text import Span
from portlint.values import (
    Concatenation,
    Expression,
    Fallback,
    Literal,
    Reference,
    Unknown,
    concatenate,
    describe,
    literal_text,
    span_of,
    walk,
)


def literal(text: str, start: int = 0) -> Literal:
    return Literal(text, Span(start, start + len(text)))


def test_walk_goes_outermost_first_in_the_order_written() -> None:
    inner = Reference("B", Span(6, 15), ":-", literal("80", 11))
    outer = Reference("A", Span(0, 16), ":-", inner)
    tail = literal("/x", 16)
    whole = Concatenation((outer, tail))
    assert list(walk(whole)) == [whole, outer, inner, inner.operand, tail]
    assert list(walk(Fallback((outer, tail))))[1:] == [outer, inner, inner.operand, tail]


def test_walk_has_no_depth_limit() -> None:
    value: Expression = literal("80")
    for _ in range(20_000):
        value = Reference("A", Span(0, 1), ":-", value)
    assert sum(1 for _ in walk(value)) == 20_001


def test_neighbours_that_touch_become_one() -> None:
    assert concatenate([literal("ab"), literal("c", 2)]) == Literal("abc", Span(0, 3))
    apart = concatenate([literal("ab"), literal("c", 5)])
    assert apart == Concatenation((literal("ab"), literal("c", 5)))
    assert literal_text(apart) == "abc"
    assert span_of(apart) == (0, 6)


def test_a_joined_line_is_part_of_a_value_only_within_it() -> None:
    joint = Literal("", Span(4, 6))
    assert concatenate([literal("8000"), joint]) == literal("8000")
    assert concatenate([Literal("", Span(0, 2)), literal("80", 2)]) == literal("80", 2)
    assert concatenate([literal("80"), Literal("", Span(2, 4)), literal("00", 4)]) == Literal("8000", Span(0, 6))
    variable = Reference("X", Span(6, 8))
    assert concatenate([literal("8000"), joint, variable]) == Concatenation((literal("8000"), variable))


def test_nothing_is_an_empty_literal() -> None:
    assert concatenate([]) == Literal("", Span(0, 0))
    assert concatenate([Literal("", Span(3, 3))]) == Literal("", Span(3, 3))


@given(st.lists(st.text("a$", max_size=3), max_size=8))
def test_joining_keeps_the_text_and_its_place(texts: list[str]) -> None:
    parts: list[Expression] = []
    position = 0
    for text in texts:
        parts.append(literal(text, position))
        position += len(text)
    joined = concatenate(parts)
    assert literal_text(joined) == "".join(texts)
    assert span_of(joined).end - span_of(joined).start == position


def test_joining_many_parts_takes_linear_time() -> None:
    parts: list[Expression] = [literal("x", index) for index in range(300_000)]
    start = time.perf_counter()
    assert span_of(concatenate(parts)) == (0, 300_000)
    assert time.perf_counter() - start < 4


def test_literal_text_is_none_where_anything_is_open() -> None:
    assert literal_text(Concatenation((literal("a"), Reference("X", Span(1, 3))))) is None
    assert literal_text(Unknown("$(x)", Span(0, 4), "substitution")) is None
    assert literal_text(Fallback((literal("a"),))) is None


def test_describe() -> None:
    default = Reference("B", Span(0, 0), ":-", literal("8300"))
    assert describe(Reference("A", Span(0, 0), ":-", default)) == "A, else B, else 8300"
    assert describe(Reference("A", Span(0, 0), ":?", literal("message"))) == "A"
    assert describe(Fallback((Reference("A", Span(0, 0)), literal("80")))) == "A, else 80"
    url = Concatenation((literal("http://"), Reference("H", Span(0, 0)), literal(":"), default))
    assert describe(url) == "H + B, else 8300"
    assert describe(Unknown("$(x)", Span(0, 4), "substitution")) == "$(x)"
