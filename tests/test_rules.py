from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portlint import rule_files, rule_model, rules
from portlint.errors import PortlintError
from portlint.model import Kind, Role, Severity
from portlint.rule_schema import CHECKS, PLACEHOLDERS, TRAITS

FOLDER = Path(__file__).resolve().parents[1] / "rules"
FILES = sorted(FOLDER.glob("*.md"))
HEADINGS = ["What it does", "Why is this bad?", "Example", "How to fix", "When it stays silent"]
GOOD = {
    "code": "AB100",
    "name": "own-rule",
    "severity": "warning",
    "checks": ["agree"],
    "message": "{setting} is {value}",
    "fix": "Mend it.",
    "summary": "Something differs",
}


def text_of(page: str = "# AB100 own-rule\n", **changes: object) -> str:
    fields = {**GOOD, **changes}
    return f"---\n{yaml.safe_dump({k: v for k, v in fields.items() if v is not None})}---\n{page}"


def front_of(path: Path) -> str:
    return path.read_text("utf-8").split("---\n")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_page(path: Path) -> None:
    rule = rule_files.parse(path.read_text("utf-8"), path.name)
    assert path.stem == f"{rule.code}-{rule.name}"
    assert rule.page.startswith(f"# {rule.code} {rule.name}\n\n## ")
    assert re.findall(r"^## (.+)$", rule.page, re.MULTILINE) == HEADINGS
    sections = re.split(r"^## .+$", rule.page, flags=re.MULTILINE)[1:]
    assert all(len(section.split()) >= 3 for section in sections)
    assert len(re.findall(r"^`[^`\n]+`$", sections[2], re.MULTILINE)) >= 2, "the example names what disagrees with what"
    assert "```" in sections[3]
    assert sections[4].count("\n- ") >= 2
    assert not rule.fix.startswith(" ") and rule.fix.endswith(".") and not rule.summary.endswith(".")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_quick_reader_agrees_with_yaml_and_the_model(path: Path) -> None:
    quick = rule_files.read_plain(front_of(path))
    assert quick is not None, "outside of what is read without PyYAML: the start gets slow"
    assert quick == rule_model.read(front_of(path), path.name)


def test_rules_are_sorted_and_have_unique_codes_and_names() -> None:
    found = rules.load()
    assert [rule.code for rule in found] == sorted({rule.code for rule in found})
    assert len({rule.name for rule in found}) == len(found) == len(FILES)


def test_every_check_and_no_unknown_trait() -> None:
    assert {check for rule in rules.load() for check in rule.checks} == set(CHECKS)
    assert {rule.code for rule in rules.load() if not rule.enabled} == {"PL206", "PL207", "PL208", "PL408"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"severity": "fatal"}, r"x\.md: severity: expected one of error, warning, note; got 'fatal'"),
        ({"severity": None}, r"x\.md: severity: this key is required"),
        ({"colour": "red"}, r"x\.md: colour: no such key; got 'red'"),
        ({"checks": ["agrees"]}, r"x\.md: checks: expected one of agree, .*; got 'agrees'"),
        ({"checks": []}, r"x\.md: checks: expected at least one item"),
        ({"checks": "agree"}, r"x\.md: checks: .*list; got 'agree'"),
        ({"enabled": "maybe"}, r"x\.md: enabled: .*boolean; got 'maybe'"),
        ({"select": {"roles": ["declared"]}}, r"x\.md: select\.roles: expected one of declares, .*; got 'declared'"),
        ({"select": {"trait": ["path"]}}, r"x\.md: select\.trait: no such key"),
        ({"select": {"traits": ["mirror"]}}, r"x\.md: select\.traits: expected one of mirrored, .*; got 'mirror'"),
        ({"message": "{settings} differs"}, r"x\.md: message: expected no placeholders but \{setting\}"),
        ({"message": "{setting"}, r"x\.md: message: expected no placeholders but"),
        ({"message": "two\nlines"}, r"x\.md: message: expected one line of text"),
        ({"code": "one"}, r"x\.md: code: expected a text like PL101; got 'one'"),
        ({"name": "Own Rule"}, r"x\.md: name: expected a text like conflicting-default"),
    ],
)
def test_a_bad_file_is_named_with_key_and_expectation(changes: dict[str, object], message: str) -> None:
    with pytest.raises(PortlintError, match=message):
        rule_files.parse(text_of(**changes), "x.md")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# no front matter\n", r"x\.md: expected front matter"),
        ("---\ncode: [\n---\n", r"x\.md:\d: not valid YAML"),
        ("---\njust text\n---\n", r"x\.md: expected 'key: value' lines"),
        ("", r"x\.md: expected front matter"),
    ],
)
def test_broken_files(text: str, message: str) -> None:
    with pytest.raises(PortlintError, match=message):
        rule_files.parse(text, "x.md")


def test_all_of_yaml_is_read() -> None:
    front = """code: AB100   # a comment
name: 'own-rule'
severity: warning
checks:
  - agree
  - reaches
select: {roles: [declares]}
message: >-
  {setting} is
  {value}
fix: "Mend \\"it\\"."
summary: Something differs
"""
    rule = rule_files.parse(f"---\n{front}---\npage\n", "x.md")
    assert rule.checks == ("agree", "reaches") and rule.roles == (Role.DECLARES,)
    assert rule.message == "{setting} is {value}" and rule.fix == 'Mend "it".'


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = FILES[0].read_text("utf-8")
    assert rule_files.parse("\ufeff" + plain.replace("\n", "\r\n"), "x") == rule_files.parse(plain, "x")


@given(
    st.sampled_from(FILES), st.integers(0, 400), st.sampled_from(["", " ", ":", "x", "\t", "[", '"', "#", "- ", "é"])
)
def test_what_the_quick_reader_accepts_the_model_accepts_alike(path: Path, at: int, change: str) -> None:
    front = front_of(path)
    damaged = front[:at] + change + front[at + 1 :]
    quick = rule_files.read_plain(damaged)
    if quick is not None:
        assert quick == rule_model.read(damaged, "x")


def test_own_rules_replace_and_add(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(text_of(), encoding="utf-8")
    (tmp_path / "b.md").write_text(text_of(code="PL103", name="louder", severity="error"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no rule", encoding="utf-8")
    found = {rule.code: rule for rule in rules.load((tmp_path,))}
    assert len(found) == len(FILES) + 1
    assert found["PL103"].severity is Severity.ERROR and found["AB100"].page == "# AB100 own-rule\n"
    assert rules.load((tmp_path / "a.md",))[0].code == "AB100"


def test_own_rules_that_clash_or_are_missing(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(text_of(), encoding="utf-8")
    with pytest.raises(PortlintError, match=r"b\.md: code: AB100 is already taken by .*a\.md"):
        rules.load((tmp_path,))
    with pytest.raises(PortlintError, match=r"nowhere: expected a rule file or a folder"):
        rules.load((tmp_path / "nowhere",))
    (tmp_path / "c.md").write_bytes(b"---\n\xff\n---\n")
    with pytest.raises(PortlintError, match=r"c\.md: expected UTF-8"):
        rules.load((tmp_path / "c.md",))


def picked(check: str, role: Role, kind: Kind = Kind.PORT, network: str = "host", *traits: str) -> str | None:
    rule = rules.pick(rules.load(), check, role=role, kind=kind, network=network, traits=frozenset(traits))
    return rule.code if rule else None


@pytest.mark.parametrize(
    ("check", "role", "kind", "traits", "code"),
    [
        ("agree", Role.DEFAULTS, Kind.PORT, (), "PL101"),
        ("agree", Role.DECLARES, Kind.PORT, (), "PL102"),
        ("agree", Role.DECLARES, Kind.PORT, ("environment",), "PL102"),
        ("agree", Role.DOCUMENTS, Kind.PORT, (), "PL103"),
        ("reaches", Role.DOCUMENTS, Kind.URL, (), "PL103"),
        ("agree", Role.DECLARES, Kind.PORT, ("mirrored",), "PL104"),
        ("agree", Role.DEFAULTS, Kind.PORT, ("mirrored",), "PL104"),
        ("agree", Role.DOCUMENTS, Kind.PORT, ("mirrored",), "PL103"),
        ("agree", Role.DECLARES, Kind.PORT, ("url-part",), "PL105"),
        ("agree", Role.DECLARES, Kind.PORT, ("url-part", "mirrored"), "PL104"),
        ("agree", Role.DEFAULTS, Kind.PATH, ("path",), "PL106"),
        ("reaches", Role.CONNECTS, Kind.PATH, ("path",), "PL106"),
        ("agree", Role.DOCUMENTS, Kind.PATH, ("path",), "PL103"),
        ("same-launch", Role.LISTENS, Kind.HOST, ("host-missing",), "PL107"),
        ("takes-effect", Role.LISTENS, Kind.PORT, ("tool-default",), "PL201"),
        ("takes-effect", Role.CONNECTS, Kind.URL, ("literal",), "PL201"),
        ("reaches", Role.CONNECTS, Kind.PORT, (), "PL202"),
        ("reaches", Role.PROXIES, Kind.PORT, (), "PL202"),
        ("reaches", Role.DECLARES, Kind.URL, (), "PL202"),
        ("reaches", Role.EXPOSES, Kind.PORT, (), "PL203"),
        ("reaches", Role.PROBES, Kind.PORT, ("probe",), "PL204"),
        ("reaches", Role.PROBES, Kind.PATH, ("probe", "path"), "PL204"),
        ("reaches", Role.ALLOWS, Kind.URL, (), "PL205"),
        ("usage", Role.READS, Kind.PORT, ("undeclared",), "PL206"),
        ("usage", Role.DECLARES, Kind.PORT, ("unused",), "PL207"),
        ("usage", Role.DECLARES, Kind.PORT, ("misnamed",), "PL208"),
        ("usage", Role.LISTENS, Kind.PORT, ("unguarded",), "PL408"),
        ("unique", Role.PUBLISHES, Kind.PORT, (), "PL301"),
        ("remark", Role.DECLARES, Kind.PORT, ("duplicate-key",), "PL302"),
        ("remark", Role.DECLARES, Kind.PORT, ("loader-dependent",), "PL303"),
        ("well-formed", Role.DECLARES, Kind.PORT, ("invalid-port",), "PL401"),
        ("well-formed", Role.LISTENS, Kind.PORT, ("privileged-port",), "PL402"),
        ("well-formed", Role.LISTENS, Kind.PORT, ("reserved-port",), "PL403"),
        ("well-formed", Role.LISTENS, Kind.PORT, ("browser-blocked-port",), "PL404"),
        ("well-formed", Role.DECLARES, Kind.URL, ("malformed-url",), "PL405"),
        ("well-formed", Role.CONNECTS, Kind.HOST, ("bind-as-target",), "PL406"),
        ("reaches", Role.CONNECTS, Kind.HOST, ("loopback-in-container",), "PL407"),
        ("well-formed", Role.DECLARES, Kind.PORT, (), None),
    ],
)
def test_pick(check: str, role: Role, kind: Kind, traits: tuple[str, ...], code: str | None) -> None:
    assert picked(check, role, kind, "host", *traits) == code


@pytest.mark.parametrize("role", [role for role in Role])
@pytest.mark.parametrize("check", ["agree", "takes-effect", "same-launch", "unique"])
def test_no_role_is_left_without_a_rule(check: str, role: Role) -> None:
    assert picked(check, role) is not None


def test_networks_are_matched_by_their_kind(tmp_path: Path) -> None:
    file = tmp_path / "own.md"
    file.write_text(text_of(code="AA100", select={"networks": ["container"], "traits": ["path"]}), encoding="utf-8")
    own = rules.load((file,))
    for network, code in (("container:web", "AA100"), ("host", "PL101"), ("", "PL101"), ("cluster", "PL101")):
        rule = rules.pick(own, "agree", role=Role.DEFAULTS, kind=Kind.PORT, network=network, traits=("path",))
        assert rule is not None and rule.code == code


def test_every_trait_picks_a_rule_or_only_informs() -> None:
    used = {trait for rule in rules.load() for trait in rule.traits}
    informing = {"tool-default", "literal", "probe", "host-missing", "environment", "image-default"}
    assert used | informing == set(TRAITS) and not used & informing


def test_active() -> None:
    every = rules.load()
    on = {rule.code for rule in every if rule.enabled}
    assert rules.active(every) == on
    assert rules.active(every, ("PL2",)) == {rule.code for rule in every if rule.code.startswith("PL2")}
    assert rules.active(every, (), ("PL1", "PL30")) == {c for c in on if not c.startswith(("PL1", "PL30"))}
    assert rules.active(every, ("pl101", "stale-documentation")) == {"PL101", "PL103"}
    assert rules.active(every, ("PL1",), ("PL103",)) == {c for c in on if c.startswith("PL1")} - {"PL103"}
    assert rules.active(every, ("PL103",), ("PL1",)) == {"PL103"}
    assert "PL103" not in rules.active(every, ("PL101", "PL103"), ("PL103",))


@pytest.mark.parametrize(
    ("select", "ignore"), [(("PL7",), ()), ((), ("XX",)), (("",), ()), (("PL101",), ("PL101",)), ((), ("PL",))]
)
def test_active_refuses_what_names_nothing(select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
    with pytest.raises(PortlintError):
        rules.active(rules.load(), select, ignore)


def test_find() -> None:
    for text in ("PL101", "pl101", "conflicting-default"):
        rule = rules.find(rules.load(), text)
        assert rule is not None and rule.code == "PL101"
    assert rules.find(rules.load(), "PL1") is None


def test_wording() -> None:
    rule = rules.load()[0]
    values = {"setting": "A_PORT", "value": "{1}", "expected": "2", "places": ".env:1"}
    assert rules.wording(rule, **values) == "A_PORT is {1} here, but 2 in .env:1"
    assert rules.wording(rule, **values, how="main()") == "A_PORT is {1} here (main()), but 2 in .env:1"


@pytest.mark.parametrize("rule", rules.load(), ids=lambda rule: rule.code)
def test_every_message_reads_as_a_line(rule: rules.Rule) -> None:
    text = rules.wording(rule, **{name: f"<{name}>" for name in PLACEHOLDERS})
    assert "{" not in text and "  " not in text and not text.endswith(".")
    assert "()" not in rules.wording(rule)


def test_loading_needs_neither_yaml_nor_pydantic() -> None:
    import subprocess

    code = (
        "import sys; from portlint import rules; rules.load(); print('yaml' in sys.modules, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
