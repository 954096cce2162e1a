"""What is kept between runs: the same answers, never stale ones, and no way to break a run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portlint import cache, cache_folder, cli, codec, fingerprint, parallel, pipeline, reading
from portlint.discovery import SourceFile, Stamp
from portlint.model import Extraction, Failure, Kind, Occurrence, Relation, Remark, Report, Role, Service
from portlint.policy import Policy
from portlint.reading import FileFacts, Outcome
from portlint.text import Region, Span
from portlint.values import Concatenation, Fallback, Literal, Reference, Unknown

texts = st.text(max_size=8)
numbers = st.integers(0, 10**9)
spans = st.builds(Span, numbers, numbers)
regions = st.builds(Region, numbers, numbers, numbers, numbers)
expressions: Any = st.recursive(
    st.builds(Literal, texts, spans) | st.builds(Unknown, texts, spans, texts),
    lambda inner: (
        st.builds(Reference, texts, spans, texts, st.none() | inner, st.booleans())
        | st.builds(Concatenation, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Fallback, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
words = st.lists(texts, max_size=3).map(tuple)


def built(model: Any) -> Any:
    """Instances of a model with every field varied, by the type that it is annotated with."""
    made = {
        "str": texts,
        "bool": st.booleans(),
        "int": numbers,
        "str | None": st.none() | texts,
        "Span": spans,
        "Expression": expressions,
        "Kind": st.sampled_from(Kind),
        "Role": st.sampled_from(Role),
        "tuple[str, ...]": words,
        "tuple[tuple[Span, str, str], ...]": st.lists(st.tuples(spans, texts, texts), max_size=2).map(tuple),
    }
    return st.builds(model, **{name: made[kind] for name, kind in model.__annotations__.items()})


occurrences = built(Occurrence)
remarks = built(Remark)


@st.composite
def outcomes(draw: Any) -> Outcome:
    found = draw(st.lists(occurrences, max_size=3))
    said = draw(st.lists(remarks, max_size=2))
    services = draw(st.lists(built(Service), max_size=2))
    bindings = draw(st.lists(st.tuples(texts, expressions), max_size=2))
    extraction = Extraction(
        tuple(found),
        tuple(services),
        tuple(draw(st.lists(built(Relation), max_size=2))),
        tuple(said),
        (),
        tuple(bindings),
        draw(numbers),
    )
    facts = FileFacts(
        "a/b",
        extraction,
        tuple(draw(regions) for _ in found),
        tuple(tuple(draw(st.lists(regions, min_size=1, max_size=2))) for _ in said),
        tuple(draw(regions) for _ in services),
    )
    failures = draw(
        st.lists(st.builds(lambda line, text: Failure(path="a/b", line=line, message=text), numbers, texts))
    )
    return Outcome(draw(st.sampled_from([None, facts])), tuple(failures))


@given(outcomes())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_again(outcome: Outcome) -> None:
    text = codec.encode(outcome)
    assert text.isascii() and "\n" not in text
    read = codec.decode("a/b", text)
    assert read == outcome
    if read.facts is not None:
        for item in read.facts.extraction.occurrences:
            assert type(item.kind) is Kind and type(item.role) is Role and type(item.span) is Span
        assert all(type(region) is Region for region in read.facts.regions)


@given(st.text() | st.recursive(st.none() | numbers | texts, lambda inner: st.lists(inner, max_size=9)).map(repr))
def test_anything_else_is_refused(text: str) -> None:
    try:
        codec.decode("a", text)
    except ValueError:
        return
    assert text in (codec.NOTHING_TEXT, "[[], 0]", "[[],0]") or text.strip().startswith("[[")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree whose files are older than any doubt about clocks."""
    root = tmp_path / "tree"
    (root / "web").mkdir(parents=True)
    (root / ".env").write_text("API_SERVER_PORT=8300\nAPI_SERVER_URL=http://localhost:8300\n", "utf-8")
    (root / "start.sh").write_text('export API_SERVER_PORT="${API_SERVER_PORT:-8288}"\n', "utf-8")
    (root / "web" / "empty.py").write_text("x = 1\n", "utf-8")
    (root / "web" / "broken.toml").write_text("port = [8000\n", "utf-8")
    settle(root)
    return root


def settle(root: Path) -> None:
    for path in root.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs take place an hour from now, so that what was written just now counts as settled."""
    now = time.time_ns
    monkeypatch.setattr(cache.time, "time_ns", lambda: now() + 3600 * 10**9)


class Parsed(list[str]):
    """The paths of the files that were parsed."""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    calls, original = Parsed(), reading.understand

    def understand(file: SourceFile, data: bytes, policy: Policy) -> Outcome:
        calls.append(file.path)
        return original(file, data, policy)

    monkeypatch.setattr(parallel, "understand", understand)
    return calls


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    calls, original = Parsed(), reading.load

    def load(root: str, path: str) -> tuple[bytes, Stamp]:
        calls.append(path)
        return original(root, path)

    monkeypatch.setattr(parallel, "load", load)
    monkeypatch.setattr(pipeline, "load", load)
    return calls


def check(root: Path, folder: Path, **options: Any) -> Report:
    return pipeline.run(root, options=pipeline.Options(cache_dir=folder, **options))


def values(report: Report) -> set[str]:
    return {member.location.value for setting in report.settings for member in setting.members}


def cached(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.cache"))


@pytest.mark.usefixtures("clock")
def test_a_warm_run_reads_and_parses_nothing(tree: Path, tmp_path: Path, parsed: Parsed, read: Parsed) -> None:
    first = check(tree, tmp_path / "kept")
    assert sorted(parsed) == [".env", "start.sh", "web/broken.toml", "web/empty.py"]
    assert {"8300", "8288"} <= values(first) and first.failures
    del parsed[:], read[:]
    written = cached(tmp_path / "kept")[0].stat()
    assert check(tree, tmp_path / "kept") == first
    assert parsed == [] and read == []
    assert cached(tmp_path / "kept")[0].stat().st_mtime_ns == written.st_mtime_ns, "nothing new, yet written"
    assert check(tree, tmp_path / "kept", cache=False) == first
    assert len(parsed) == 4


@pytest.mark.usefixtures("clock")
def test_a_script_without_suffix_is_kept_and_may_become_another_format(
    tree: Path, tmp_path: Path, parsed: Parsed
) -> None:
    (tree / "start").write_text('#!/bin/sh\nAPI_SERVER_PORT="${API_SERVER_PORT:-8289}"\n', "utf-8")
    settle(tree)
    assert "8289" in values(check(tree, tmp_path / "cache"))
    parsed.clear()
    assert "8289" in values(check(tree, tmp_path / "cache")) and parsed == []
    text = '#!/usr/bin/env python3\nimport os\nos.getenv("API_SERVER_PORT", "8290")\n'
    (tree / "start").write_text(text, "utf-8")
    found = values(check(tree, tmp_path / "cache"))
    assert "8290" in found and "8289" not in found and parsed == ["start"]
    (tree / "start").write_text("nothing\n", "utf-8")
    assert "8290" not in values(check(tree, tmp_path / "cache")) and parsed == ["start"]


@pytest.mark.usefixtures("clock")
def test_only_what_changed_is_parsed(tree: Path, tmp_path: Path, parsed: Parsed) -> None:
    check(tree, tmp_path / "kept")
    del parsed[:]
    (tree / "start.sh").write_text('export API_SERVER_PORT="${API_SERVER_PORT:-8300}"\n', "utf-8")
    assert "8288" not in values(check(tree, tmp_path / "kept"))
    assert parsed == ["start.sh"]


@pytest.mark.usefixtures("clock")
def test_a_change_that_keeps_size_and_time_is_seen(tree: Path, tmp_path: Path, parsed: Parsed) -> None:
    check(tree, tmp_path / "kept")
    (tree / "start.sh").write_text('export API_SERVER_PORT="${API_SERVER_PORT:-8300}"\n', "utf-8")
    settle(tree)
    if os.name == "posix":  # the time of the last change of the inode cannot be set back
        assert "8288" not in values(check(tree, tmp_path / "kept"))


def test_a_file_that_was_just_written_is_not_trusted_by_its_times(tree: Path, tmp_path: Path, read: Parsed) -> None:
    check(tree, tmp_path / "kept")
    del read[:]
    check(tree, tmp_path / "kept")
    assert sorted(read) == [".env", "start.sh", "web/broken.toml", "web/empty.py"]


@pytest.mark.usefixtures("clock")
def test_a_fresh_checkout_and_a_former_content_are_not_parsed(tree: Path, tmp_path: Path, parsed: Parsed) -> None:
    first = check(tree, tmp_path / "kept")
    former = (tree / "start.sh").read_bytes()
    (tree / "start.sh").write_text("exec uvicorn a:b --port 8300\n", "utf-8")
    check(tree, tmp_path / "kept")
    del parsed[:]
    (tree / "start.sh").write_bytes(former)
    for path in (tree / ".env", tree / "web" / "empty.py"):
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
    assert check(tree, tmp_path / "kept") == first
    assert parsed == []


@pytest.mark.usefixtures("clock")
def test_a_part_of_the_tree_does_not_forget_the_rest(tree: Path, tmp_path: Path, parsed: Parsed) -> None:
    options = pipeline.Options(cache_dir=tmp_path / "kept")
    pipeline.run(tree, options=options)
    (tree / "web" / "more.py").write_text("PORT = 1\n", "utf-8")
    pipeline.run(tree, [tree / "web"], options=options)
    (tree / "web" / "more.py").unlink()
    del parsed[:]
    pipeline.run(tree, options=options)
    assert parsed == []


def test_the_same_bytes_elsewhere_are_another_file(tmp_path: Path) -> None:
    one, other = SourceFile("a/Dockerfile", "dockerfile"), SourceFile("b/Dockerfile", "dockerfile")
    assert cache.key_of(one, b"EXPOSE 80") != cache.key_of(other, b"EXPOSE 80")
    assert cache.key_of(one, b"EXPOSE 80") != cache.key_of(SourceFile("a/Dockerfile", "document"), b"EXPOSE 80")


def damages() -> dict[str, Any]:
    return {
        "empty": lambda data: b"",
        "cut": lambda data: data[: len(data) // 2],
        "a bit": lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
        "foreign": lambda data: b"SQLite format 3\0" + data,
        "no text": lambda data: b"\xff\xfe" + data,
        "older portlint": lambda data: data.replace(fingerprint.fingerprint().encode(), b"0" * 32, 1),
        "older form": lambda data: data.replace(b"portlint cache 1", b"portlint cache 0", 1),
    }


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("damage", damages())
def test_a_damaged_cache_is_rebuilt(tree: Path, tmp_path: Path, parsed: Parsed, damage: str) -> None:
    first = check(tree, tmp_path / "kept")
    (path,) = cached(tmp_path / "kept")
    path.write_bytes(damages()[damage](path.read_bytes()))
    del parsed[:]
    assert check(tree, tmp_path / "kept") == first
    assert len(parsed) == 4
    del parsed[:]
    assert check(tree, tmp_path / "kept") == first
    assert parsed == []


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        "[1]",
        '[[".env"]]',
        '[[".env","dotenv",7,8]]',
        '[[".env","dotenv","k",1,2,3,4]]\nk',
        "[]\nk x 0",
        '[[".env","dotenv","k",1,2,3,4]]\nk 1 [[],1]',
    ],
)
def test_a_body_that_we_did_not_write_is_ignored_even_with_a_right_digest(
    tree: Path, tmp_path: Path, body: str
) -> None:
    first = check(tree, tmp_path / "kept")
    kept = cache.Cache(tree, tmp_path / "kept")
    data = body.encode()
    kept.path.write_bytes(kept._header(data) + data)
    assert check(tree, tmp_path / "kept") == first


def test_an_edited_source_changes_the_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "extractors/b.py", "knowledge/c.toml", "checks/d.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one", "utf-8")
    monkeypatch.setattr(fingerprint, "__file__", str(tmp_path / "fingerprint.py"))
    seen = {fingerprint.fingerprint()}
    for name in ("a.py", "extractors/b.py", "knowledge/c.toml"):
        times = (tmp_path / name).stat()
        (tmp_path / name).write_text("two", "utf-8")
        os.utime(tmp_path / name, ns=(times.st_atime_ns, times.st_mtime_ns))
        seen.add(fingerprint.fingerprint())
    assert len(seen) == 4
    (tmp_path / "checks" / "d.py").write_text("two", "utf-8")
    assert fingerprint.fingerprint() in seen


def test_another_version_of_a_library_changes_the_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyyaml-1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    before = fingerprint.fingerprint()
    (tmp_path / "pyyaml-1.0.dist-info").rename(tmp_path / "pyyaml-1.1.dist-info")
    assert fingerprint.fingerprint() != before
    (tmp_path / "unrelated-1.dist-info").mkdir()
    changed = fingerprint.fingerprint()
    (tmp_path / "unrelated-1.dist-info").rmdir()
    assert fingerprint.fingerprint() == changed


def test_no_place_for_a_cache_is_no_error(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a file").write_text("", "utf-8")
    assert "8288" in values(check(tree, tmp_path / "a file"))
    assert "8288" in values(check(tree, tmp_path / "a file" / "below"))
    monkeypatch.delenv("PORTLINT_CACHE_DIR")
    monkeypatch.setattr(cache_folder, "default_folder", lambda: None)
    assert "8288" in values(pipeline.run(tree))


def test_a_run_that_is_killed_while_writing_leaves_the_old(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(tree, tmp_path / "kept")
    (path,) = cached(tmp_path / "kept")
    before = path.read_bytes()

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    (tree / "start.sh").write_text("exec uvicorn a:b --port 8300\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(cache_folder.os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            check(tree, tmp_path / "kept")
    assert path.read_bytes() == before
    (left,) = (tmp_path / "kept").glob("*.tmp")
    os.utime(left, (1, 1))
    check(tree, tmp_path / "kept")
    assert not left.exists() and path.read_bytes() != before


def test_several_processes_at_once(tree: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "portlint",
        "check",
        "--all",
        "--format",
        "json",
        "--cache-dir",
        str(tmp_path / "kept"),
        ".",
    ]
    running = [subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE) for _ in range(4)]
    answers = {process.communicate(timeout=120)[0] for process in running}
    assert len(answers) == 1 and b"8288" in answers.pop()
    assert len(list((tmp_path / "kept").iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_the_cache_is_for_its_owner_alone(tree: Path, tmp_path: Path) -> None:
    check(tree, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    assert cached(tmp_path / "kept")[0].stat().st_mode & 0o777 == 0o600


def test_old_and_too_many_caches_go_and_other_files_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def put(name: str, days: float, size: int = 10) -> Path:
        path = tmp_path / name
        path.write_bytes(b"x" * size)
        os.utime(path, (time.time() - days * 86400,) * 2)
        return path

    mine = put("0" * 32 + ".cache", 50)
    recent, old = put("1" * 32 + ".cache", 5), put("2" * 32 + ".cache", 31)
    half, fresh = put("3" * 32 + ".cache." + "a" * 16 + ".tmp", 1), put("4" * 32 + ".cache." + "a" * 16 + ".tmp", 0)
    foreign = [put("notes.txt", 400), put("my.cache", 400)]
    cache_folder.prune(tmp_path, mine)
    assert mine.exists() and recent.exists() and fresh.exists() and all(path.exists() for path in foreign)
    assert not old.exists() and not half.exists()
    monkeypatch.setattr(cache_folder, "LARGEST", 15)
    cache_folder.prune(tmp_path, mine)
    assert mine.exists() and not recent.exists() and all(path.exists() for path in foreign)
    assert cache_folder.clean(tmp_path) == (2, 20)
    assert sorted(tmp_path.iterdir()) == sorted(foreign)
    assert cache_folder.clean(tmp_path / "absent") == (0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="XDG")
def test_the_default_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder.default_folder() == Path(os.environ["PORTLINT_CACHE_DIR"])
    monkeypatch.delenv("PORTLINT_CACHE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert cache_folder.default_folder() == tmp_path / "x" / "portlint"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder.default_folder() == tmp_path / ".cache" / "portlint"


def test_the_command_line(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kept"
    assert cli.main([str(tree), "--exit-zero", "--no-cache", "--cache-dir", str(kept)]) == 0
    assert not kept.exists()
    assert cli.main([str(tree), "--exit-zero", "--cache-dir", str(kept)]) == 0
    assert len(cached(kept)) == 1
    capsys.readouterr()
    assert cli.main(["cache", "clean", "--cache-dir", str(kept)]) == 0
    assert capsys.readouterr().out == "removed 1 cache, 0.0 MB\n"
    assert cached(kept) == []
