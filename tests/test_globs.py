from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portlint import globs
from portlint.globs import Patterns

PIECES = st.sampled_from(["a", "b", "ab", "*", "**", "?", "a*", "*.b", "[ab]", "[!a]", "docs", ".x"])
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "a.b", "docs", ".x", "ac"]), min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ("*.md", "docs/a.md", "docs/a.mdx"),
        ("docs", "x/docs/y/a.md", "x/docs2/a.md"),
        ("docs/", "docs/a", "docs"),
        ("/docs", "docs/a", "x/docs/a"),
        ("a/*.md", "a/b.md", "a/b/c.md"),
        ("a/**", "a/b/c.md", "a"),
        ("**/test/**", "x/test/y", "x/tests/y"),
        ("deploy/live-?", "deploy/live-1/x", "deploy/live-10/x"),
    ],
)
def test_patterns(pattern: str, hit: str, miss: str) -> None:
    assert Patterns((pattern,)).matches(hit) and not Patterns((pattern,)).matches(miss)


def test_no_pattern_matches_nothing_and_the_folder_before_counts() -> None:
    assert not Patterns().matches("a")
    inside = Patterns(("app/docs/**",), "app/")
    assert inside.matches("docs/a.md") and not inside.matches("app/docs/a.md")


@pytest.mark.parametrize("pattern", ["", "/", "!a", "..\\a", "../a", "a/../b"])
def test_what_is_no_pattern(pattern: str) -> None:
    assert globs.problem(pattern)


@given(st.lists(PIECES, min_size=1, max_size=3).map("/".join), st.sampled_from(["", "/"]), PATHS)
@example("**", "", "a")
def test_the_same_as_in_an_ignore_file(body: str, end: str, path: str) -> None:
    pathspec = pytest.importorskip("pathspec")
    pattern = body + (end if not body.endswith("**") else "")  # pathspec takes "a/**/" for "a/**"; git does not
    theirs = pathspec.PathSpec.from_lines("gitignore", [pattern]).match_file(path)
    assert Patterns((pattern,)).matches(path) == theirs
