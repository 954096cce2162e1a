"""A hook of MkDocs: the site has the files of the repository under the paths that they have there.

So a link that works between the files works on the site, and one to a file that is not part of it is an error. The
index of the rules is made from their declarations.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from portlint import rules

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("README.md", "LICENSE", "docs/*.md", "rules/*.md", "schema/*.json", "ci/*.yml")
TITLES = {"ci": "Hook and CI", "formats": "Output formats"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The pages in the order of the navigation."""
    guides = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
    pages = [{TITLES.get(name, name.capitalize()): f"docs/{name}.md"} for name in guides]
    rows = [{f"{rule.code} {rule.name}": _page(rule)} for rule in rules.load()]
    config.nav = [{"portlint": "README.md"}, *pages, {"Rules": [{"All rules": "rules/index.md"}, *rows]}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The files of the site, instead of those of the folder that MkDocs looks at."""
    theme = [file for file in files if file.src_dir != config.docs_dir]
    paths = sorted(path for part in PARTS for path in ROOT.glob(part))
    found = [
        File(path.relative_to(ROOT).as_posix(), str(ROOT), config.site_dir, config.use_directory_urls) for path in paths
    ]
    return Files([*theme, *found, File.generated(config, "rules/index.md", content=_index())])


def _page(rule: rules.Rule) -> str:
    return f"rules/{rule.code}-{rule.name}.md"


def _index() -> str:
    rows = [
        f"| [{rule.code}]({_page(rule).partition('/')[2]}) | {rule.name} | {rule.severity}"
        f"{'' if rule.enabled else ', off by default'} | {rule.summary} |"
        for rule in rules.load()
    ]
    return "\n".join(["# Rules", "", "| code | name | severity | finds |", "| --- | --- | --- | --- |", *rows, ""])
