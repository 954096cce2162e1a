"""Where an occurrence belongs: the profile its file speaks of and the component it is part of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

DEFAULT = "default"
HISTORY = "history"
"""Documents of what was planned or decided once; they are not held against what is."""

_PROFILES = {
    "prod": "production",
    "production": "production",
    "prd": "production",
    "live": "",
    "deploy": "production",
    "dev": "development",
    "develop": "development",
    "development": "development",
    "devel": "development",
    "staging": "staging",
    "stage": "staging",
    "stg": "staging",
    "uat": "staging",
    "qa": "staging",
    "preview": "staging",
    "test": "test",
    "tests": "test",
    "testing": "test",
    "spec": "test",
    "e2e": "test",
    "ci": "ci",
    "integration": "test",
    "mock": "test",
    "mocks": "test",
}
_TEST_FOLDERS = frozenset(
    "test tests __tests__ testing spec specs e2e cypress fixtures __fixtures__ testdata test-data mocks __mocks__ "
    "integration-tests unit-tests".split()
)
_SAMPLE_FOLDERS = frozenset("examples example samples sample demos demo templates cookbook tutorials playground".split())
_HISTORY_FOLDERS = frozenset(
    "plans proposals rfc rfcs adr adrs archive archived decisions postmortems changelogs releases blog posts news superpowers".split()
)
_VERSION = re.compile(r"(?:^|[\-_])v?\d+\.\d+(?:\.\d+|\.x)?(?:[\-.]|$)")
TROUBLE = re.compile(
    r"troubleshoot|in use\b|conflict|custom(?:i[sz])?|(?:an)?other port|different port|chang\w* (?:the )?\w* ?port|faq\b|"
    r"端口冲突|占用|故障|問題|トラブル|使用中|ocupado|en uso|soluci[oó]n de problemas",
    re.IGNORECASE,
)
"""Headings and sentences under which a document shows other values than the usual ones."""
_CI_FOLDERS = (".github/workflows/", ".gitlab/", ".circleci/", ".buildkite/")
_CI_FILES = re.compile(r"(?:\.gitlab-ci\.ya?ml|\.travis\.ya?ml|azure-pipelines.*\.ya?ml|jenkinsfile|\.drone\.ya?ml)")
_CONFIG_NAME = re.compile(
    r"(?:\.?env|.*\.env|docker-?compose|compose|dockerfile|containerfile|values|application|bootstrap|appsettings|"
    r"config|settings|nginx|caddyfile|procfile|kustomization|start|run|launch|deploy|default|app|server|bunfig)"
    r"[.\-_](?P<rest>.+)",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"(?P<rest>[a-z0-9]+)[.\-_](?:docker-?compose|compose|dockerfile|env|settings|config)\b.*")
_MANIFESTS = frozenset(
    "package.json pyproject.toml requirements.txt setup.py setup.cfg pipfile go.mod cargo.toml pom.xml build.gradle "
    "build.gradle.kts gemfile composer.json deno.json deno.jsonc mix.exs manage.py project.clj build.sbt".split()
)
_MARKER = re.compile(r"dockerfile.*|.*\.dockerfile|containerfile.*|\.env(?:\..*)?|.*\.csproj|.*\.fsproj")


@lru_cache(maxsize=65536)
def profile_of(path: str) -> str:
    """The profile a file's name or folder states, ``default`` where it states none.

    Test code is the profile ``test``; workflow files are ``ci``; sample folders are ``sample:<folder>``, so that they
    are compared only with themselves.
    """
    lowered = path.lower()
    *folders, name = lowered.split("/")
    if any(folder in lowered for folder in _CI_FOLDERS) or _CI_FILES.fullmatch(name):
        return "ci"
    for folder in folders:
        if folder in _TEST_FOLDERS:
            return "test"
    if name.startswith(("test_", "test-")) or re.search(r"(?:_test|\.test|\.spec|-spec|_spec|\.cy|test)\.\w+$", name):
        return "test"
    stated = _stated(name)
    if stated:
        return stated
    for folder in folders:
        words = re.split(r"[.\-_]", folder)
        if folder in _PROFILES and _PROFILES[folder] and folder not in ("live", "deploy", "integration"):
            return _PROFILES[folder]
        if "overlays" in folders and _PROFILES.get(words[-1]):
            return _PROFILES[words[-1]]
    if any(_VERSION.search(folder) for folder in folders) or "releases" in folders[:-1]:
        return HISTORY
    if not _HISTORY_FOLDERS.isdisjoint(folders) and name.endswith((".md", ".mdx", ".rst", ".txt", ".adoc")):
        return HISTORY
    for index, folder in enumerate(folders):
        if folder in _SAMPLE_FOLDERS:
            return "sample:" + "/".join(folders[: index + 2])
    return DEFAULT


def _stated(name: str) -> str:
    for pattern in (_CONFIG_NAME, _PREFIXED):
        match = pattern.fullmatch(name)
        if match:
            for word in re.split(r"[.\-_]", match.group("rest")):
                if _PROFILES.get(word):
                    return _PROFILES[word]
    return ""


def compatible(one: str, other: str) -> bool:
    """Whether two profiles may be compared at all: equal ones, and development with the default."""
    return one == other or {one, other} == {DEFAULT, "development"}


class Components:
    """The folders that generic names belong to: those with a manifest, a Dockerfile or a ``.env`` file."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.folders: set[str] = {""}
        self.manifests: set[str] = {""}
        for path in paths:
            folder, _, name = path.rpartition("/")
            lowered = name.lower()
            if lowered in _MANIFESTS:
                self.folders.add(folder)
                self.manifests.add(folder)
            elif _MARKER.fullmatch(lowered):
                self.folders.add(folder)
        self._known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The component of a file: its nearest such folder upwards, the empty string for the root."""
        return self.of_folder(path.rpartition("/")[0])

    def of_folder(self, folder: str) -> str:
        """The component of a folder."""
        found = self._known.get(folder)
        if found is None:
            current = folder
            while current not in self.folders and current:
                current = current.rpartition("/")[0]
            found = self._known[folder] = current
        return found
