"""Options of the test run, and its own cache folder: nothing here touches that of the user."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples in every CI run, so that one run says what the last one said; new ones are searched for locally.
# No deadlines: what takes long on a busy machine is the first import of a library.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-fixtures",
        action="store_true",
        help="write what portlint finds into fixtures/*/*/expected.txt; read the difference before committing it",
    )
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="write every output format's text into tests/reporters/snapshots; read the difference before committing it",
    )


@pytest.fixture(autouse=True, scope="session")
def cache_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every run of portlint, also in another process, keeps what it reads in a folder of this test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PORTLINT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.delitem(os.environ, "PORTLINT_JOBS", raising=False)
        # These tests may run on the very service whose runner gets another default.
        for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
            patch.delitem(os.environ, name, raising=False)
        yield
