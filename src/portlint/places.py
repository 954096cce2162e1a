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
_SAMPLE_FOLDERS = frozenset(
    "examples example samples sample demos demo templates cookbook tutorials playground".split()
)
_HISTORY_FOLDERS = frozenset(
    "plans proposals rfc rfcs adr adrs archive archived decisions "
    "postmortems changelogs releases blog posts news superpowers".split()
)
_VERSION = re.compile(r"(?:^|[\-_])v?\d+\.\d+(?:\.\d+|\.x)?(?:[\-.]|$)")
TROUBLE = re.compile(
    r"troubleshoot|in use\b|conflict|custom(?:i[sz])?|(?:an)?other port|"
    r"different port|chang\w* (?:the )?\w* ?port|faq\b|"
    r"端口冲突|占用|故障|問題|トラブル|使用中|ocupado|en uso|soluci[oó]n de problemas",
    re.IGNORECASE,
)
"""Headings and sentences under which a document shows other values than the usual ones."""
_CI_FOLDER = re.compile(
    r"(?:^|/)(?:\.(?:github|gitea|forgejo)/(?:workflows|actions)|\.gitlab|\.circleci|\.buildkite|\.woodpecker)/"
)
_CI_FILE = re.compile(
    r"\.gitlab-ci.*\.ya?ml|\.travis\.ya?ml|azure-pipelines.*\.ya?ml|jenkinsfile.*|\.drone\.ya?ml|\.woodpecker\.ya?ml|"
    r"bitbucket-pipelines\.ya?ml|\.?appveyor\.ya?ml|\.cirrus\.ya?ml"
)
_DOCUMENT = re.compile(r".*\.(?:mdx?|mdc|markdown|rst|txt|adoc|asciidoc)")
_DOCUMENT_FOLDERS = frozenset({"docs", "doc", "documentation", "wiki"})
# In the case written: the words of "integrationTest" and "MyApp.Tests", and no word of "latest" or "contest".
_TEST_FOLDER = re.compile(r"(?:^|[._-])(?:[Tt]ests?|[Ee]2[Ee]|TESTS?)(?:$|[._-])|[a-z0-9]Tests?$")
_TEST_FILE = re.compile(
    r"(?:.*[._-])?(?:tests?|e2e|e2e-spec)(?:\.[^.]+)?|tests?[._-].*|.*\.(?:spec|"
    r"cy)\.[cm]?[jt]sx?|.*[._-]spec\.(?:rb|[cm]?[jt]sx?|lua|cr)|"
    r"conftest\.py|test(?:ing)?_?(?:utils?|helpers?)\..*"
)
_TEST_CLASS = re.compile(
    r"(?:.*[a-z0-9](?:Tests?|TestCase|IT|ITCase|Spec)|Test[A-Z].*)\.(?:java|kts?|scala|groovy|cs|php|swift|vb|fs)"
)
_CONFIG_FILE = re.compile(
    r".*\.(?:ya?ml|json[c5]?|toml|ini|cfg|cnf|conf|properties|tfvars|hcl|env|vars|xml)(?:\..*)?|makefile.*"
)
_CONFIG_FOLDERS = frozenset("settings config configs conf configuration env envs environment environments".split())
_SCRIPT = re.compile(r".*\.(?:sh|bash|zsh|fish|bat|cmd|ps1)")
_PLAIN_WORDS = frozenset(
    "prod production prd dev develop development devel staging stg uat test tests testing e2e ci".split()
)
"""Words that say a profile wherever they stand; others (``live``, ``stage``, ``qa``, ...) also mean other things."""
_CONFIG_NAME = re.compile(
    r"(?:\.?env|.*\.env|docker-?compose|compose|dockerfile|containerfile|values|application|bootstrap|appsettings|"
    r"config|settings|nginx|caddyfile|procfile|kustomization|start|run|launch|deploy|default|app|server|bunfig)"
    r"[.\-_](?P<rest>.+)",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"(?P<rest>[a-z0-9]+)[.\-_](?:docker-?compose|compose|dockerfile|env|settings|config)\b.*")
_MANIFESTS = frozenset(
    "package.json pyproject.toml requirements.txt setup.py setup.cfg pipfile go.mod cargo.toml pom.xml build.gradle "
    "build.gradle.kts gemfile composer.json deno.json deno.jsonc mix.exs "
    "manage.py project.clj build.sbt chart.yaml fly.toml".split()
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
    if _CI_FOLDER.search(lowered) or _CI_FILE.fullmatch(name):
        return "ci"
    *written, own = path.split("/")
    if _is_test(written, own):
        return "test"
    document = _DOCUMENT.fullmatch(name) is not None
    stated = "" if document else _stated(name, folders)
    if stated:
        return stated
    for folder in folders:
        if (folder in _PLAIN_WORDS or folder == "mock") and not (document and _PROFILES[folder] == "test"):
            return _PROFILES[folder]
        if "overlays" in folders:
            found = next((word for word in re.split(r"[.\-_]", folder) if _PROFILES.get(word)), "")
            if found:
                return _PROFILES[found]
    if name == "notes.txt" and "templates" in folders:
        return HISTORY  # what Helm prints after an installation, with forwarded ports
    if any(_VERSION.search(folder) for folder in folders) or "releases" in folders[:-1]:
        return HISTORY
    if not _HISTORY_FOLDERS.isdisjoint(folders) and name.endswith((".md", ".mdx", ".rst", ".txt", ".adoc")):
        return HISTORY
    if "src/main/" in lowered:
        return DEFAULT  # com.example.demo is a package's name
    for index, folder in enumerate(folders):
        if folder in _SAMPLE_FOLDERS and (folder != "templates" or _holds_projects(folders, index)):
            return "sample:" + "/".join(folders[: index + 2])
    return DEFAULT


def _is_test(folders: list[str], name: str) -> bool:
    """Whether a file is test code or belongs to it; names in the case written."""
    lowered = name.lower()
    document = _DOCUMENT.fullmatch(lowered) is not None
    for folder in folders:
        if document and folder.lower() in _DOCUMENT_FOLDERS:
            return False  # a page about testing
        if folder.lower() in _TEST_FOLDERS or _TEST_FOLDER.search(folder):
            return True
    if document:
        return False
    return bool(_TEST_FILE.fullmatch(lowered) or _TEST_CLASS.fullmatch(name))


def _holds_projects(folders: list[str], index: int) -> bool:
    """Whether ``templates`` holds projects to start from, and not the templates of a chart, a server or an app."""
    return index + 1 < len(folders) and not any("chart" in folder or "helm" in folder for folder in folders)


def _stated(name: str, folders: list[str]) -> str:
    """The profile that a file's name states."""
    for pattern in (_CONFIG_NAME, _PREFIXED):
        match = pattern.fullmatch(name)
        if match:
            words = re.split(r"[.\-_]", match.group("rest"))
            code = not _CONFIG_FILE.fullmatch(name) and re.search(r"\.(?:py|[cm]?[jt]sx?|rb|go|java|kt|php|rs)$", name)
            for word in words:
                if _PROFILES.get(word) and (not code or word in _PLAIN_WORDS):
                    return _PROFILES[word]
    stem = name.rpartition(".")[0]
    if _CONFIG_FILE.fullmatch(name):
        words = re.split(r"[.\-_]", name)
    elif folders and folders[-1] in _CONFIG_FOLDERS:
        words = [stem, *stem.split(".")]
    else:  # prod.sh, webpack.prod.js, environment.prod.ts; what a developer runs is the default
        words = [stem] if _SCRIPT.fullmatch(name) else stem.split(".")[1:]
        words = [word for word in words if _PROFILES.get(word) != "development"]
    return next((_PROFILES[word] for word in words if word in _PLAIN_WORDS), "")


def compatible(one: str, other: str) -> bool:
    """Whether two profiles may be compared at all: equal ones, and development with the default."""
    return one == other or {one, other} == {DEFAULT, "development"}


class Components:
    """The folders that generic names belong to: those with a manifest, a Dockerfile or a ``.env`` file."""

    def __init__(self, paths: Iterable[str], decided: Iterable[str] = ()) -> None:
        """``decided`` are folders that are components whatever is in them."""
        self.folders: set[str] = {"", *decided}
        self.manifests: set[str] = {""}
        self.rooted = False
        """The root has a manifest of its own, so that it is one program and not a collection."""
        for path in paths:
            folder, _, name = path.rpartition("/")
            lowered = name.lower()
            if lowered in _MANIFESTS:
                self.folders.add(folder)
                self.manifests.add(folder)
                self.rooted |= not folder
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
