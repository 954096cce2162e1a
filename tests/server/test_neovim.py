"""A real editor: headless Neovim opens a file, changes a port and shows the diagnostics. Needs ``nvim`` in the path."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEOVIM = shutil.which("nvim")
SCRIPT = Path(__file__).with_name("neovim.lua")


@pytest.mark.skipif(NEOVIM is None, reason="Neovim is not installed (Debian, Ubuntu: apt install neovim)")
def test_neovim_shows_what_a_changed_port_does(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / ".env").write_text("SHOP_PORT=8300\n", "utf-8")
    (root / "start.sh").write_text('export SHOP_PORT="${SHOP_PORT:-8300}"\n', "utf-8")
    (root / "app.py").write_text('import os\nport = os.getenv("SHOP_PORT", "8300")\n', "utf-8")
    home = {name: str(tmp_path / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    done = subprocess.run(
        [str(NEOVIM), "--headless", "--clean", "-n", "-c", f"luafile {SCRIPT}"],
        env={**os.environ, **home, "PORTLINT_TEST_PYTHON": sys.executable, "PORTLINT_TEST_ROOT": str(root)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    seen = json.loads(done.stdout.splitlines()[0])
    assert done.returncode == 0, seen
    assert (seen["here"], seen["there"]) == ("1:32 1 PL101", "1:11 4 PL101")
    assert "SHOP\\_PORT" in seen["hover"] and "8301" in seen["hover"]
