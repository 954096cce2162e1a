"""From expressions to values: operators, scopes, circles and values without measure."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from portlint import templates
from portlint.resolving import Binding, Lookup, Resolution, resolve
from portlint.text import Fragment, Span
from portlint.values import Concatenation, Expression, Fallback, Literal, Reference, Unknown


def parse(text: str) -> Expression:
    return templates.parse(Fragment(text))


def scope(**table: str | Sequence[str]) -> Lookup[str]:
    """A lookup: each name has one value, or several, the most binding first."""

    def look(name: str, local: bool) -> list[Binding[str]]:
        values = table.get(name, ())
        values = [values] if isinstance(values, str) else values
        return [Binding(parse(value), f"{name}={value}", "here") for value in values if not local]

    return look


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8000", "8000"),
        ("$A", "1"),
        ("http://$H:${A}/", "http://h:1/"),
        ("$C", "h:1"),
        ("${A:-2}", "1"),
        ("${NONE:-2}", "2"),
        ("${NONE-2}", "2"),
        ("${NONE:=2}", "2"),
        ("${NONE:-${A}}", "1"),
        ("${NONE:-${NEVER:-3}}", "3"),
        ("${EMPTY:-2}", "2"),
        ("${EMPTY-2}", ""),
        ("${EMPTY:=2}", "2"),
        ("${A:+y}", "y"),
        ("${NONE:+y}", ""),
        ("${EMPTY:+y}", ""),
        ("${EMPTY+y}", "y"),
        ("${A:?message}", "1"),
        ("${NONE:?message}", None),
        ("$NONE", None),
        ("a$NONE", None),
        ("$(port)", None),
        ("${BROKEN:-2}", "2"),
        ("$LATER", "5"),
    ],
)
def test_operators(text: str, expected: str | None) -> None:
    look = scope(A="1", H="h", C="$H:$A", EMPTY="", BROKEN="$(x)", LATER=["$(x)", "5"])
    found = resolve(parse(text), look)
    assert found.text == expected
    assert bool(found.reason) == (expected is None)


def test_steps_and_sources_say_how() -> None:
    found = resolve(parse("http://${H:-db}:$P"), scope(P="$Q", Q="80"))
    assert found.text == "http://db:80"
    assert found.steps == ("H is not set, its default", "P from here", "Q from here")
    assert found.sources == ("P=$Q", "Q=80")


def test_a_binding_is_resolved_in_its_own_scope() -> None:
    def look(name: str, local: bool) -> list[Binding[str]]:
        return [Binding(parse("$B"), "a", "there", scope(B="2"))] if name == "A" else [Binding(parse("1"), "b", "here")]

    assert resolve(parse("$A$B"), look).text == "21"


def test_constants_of_the_file_are_looked_up_as_such() -> None:
    def look(name: str, local: bool) -> list[Binding[str]]:
        return [Binding(parse("1"), None, "a constant")] if local else []

    assert resolve(Reference("A", Span(0, 1), local=True), look) == Resolution("1", ("A from a constant",))
    assert resolve(Reference("A", Span(0, 1)), look).text is None


def test_fallbacks() -> None:
    look = scope(A="1", EMPTY="")
    none, empty, eight = parse("$NONE"), parse("$EMPTY"), Literal("8", Span(0, 1))
    assert resolve(Fallback((none, empty, eight)), look).text == "8"
    assert resolve(Fallback((none, parse("$A"), eight)), look).text == "1"
    assert resolve(Fallback((none, Unknown("f()", Span(0, 3), "a call"))), look).reason == "a call"
    assert resolve(Fallback(()), look).text is None


@pytest.mark.parametrize("text", ["$A", "${A}x", "$B", "${D:-$D}"])
def test_circles_are_unresolved_and_say_so(text: str) -> None:
    found = resolve(parse(text), scope(A="$A", B="$C", C="x$B", D="$D"))
    assert found.text is None
    assert "refers to itself" in found.reason


def test_a_default_that_names_itself_is_the_default() -> None:
    assert resolve(parse("$PORT"), scope(PORT="${PORT:-8000}")).text == "8000"


def test_long_chains_end() -> None:
    chain = {f"V{index}": f"$V{index + 1}" for index in range(5_000)} | {"V5000": "80"}
    assert resolve(parse("$V4995"), scope(**chain)).text == "80"
    assert resolve(parse("$V0"), scope(**chain)).text is None


@pytest.mark.parametrize("spread", [2, 10])
def test_values_that_multiply_end_soon(spread: int) -> None:
    laughs = {f"V{index}": f"$V{index + 1}" * spread for index in range(60)} | {"V60": "ha"}
    laughs |= {f"W{index}": f"$W{index + 1}" * spread for index in range(11)} | {"W11": "ha"}
    start = time.perf_counter()
    for name in ("V0", "V50", "W0"):
        assert resolve(parse(f"${name}"), scope(**laughs)).text is None
    many: dict[str, list[str]] = {f"X{index}": [f"$X{index + 1}$NONE"] * spread for index in range(40)}
    assert resolve(parse("$X0"), scope(**many)).text is None
    assert time.perf_counter() - start < 3


def test_deeply_nested_expressions_end() -> None:
    nested: Expression = Literal("80", Span(0, 2))
    for _ in range(20_000):
        nested = Concatenation((nested, nested))
    assert resolve(nested, scope()).text is None
    default: Expression = Literal("80", Span(0, 2))
    for index in range(20_000):
        default = Reference(f"V{index}", Span(0, 2), ":-", default)
    assert resolve(default, scope()).text is None
