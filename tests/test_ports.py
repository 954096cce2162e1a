from __future__ import annotations

from portlint.knowledge import ports


def test_browser_blocked() -> None:
    assert {1, 22, 25, 6000, 6667, 10080} <= ports.BROWSER_BLOCKED
    assert not {80, 443, 3000, 5000, 5173, 6001, 8000, 8080} & ports.BROWSER_BLOCKED
    assert all(0 < port <= ports.HIGHEST for port in ports.BROWSER_BLOCKED)


def test_ephemeral() -> None:
    assert [bool(ports.ephemeral(port)) for port in (32767, 32768, 60999, 61000, 65535, 65536)] == [
        *(False, True, True, True, True, False)
    ]
    assert "Linux" in ports.ephemeral(40000) and "IANA" in ports.ephemeral(61000)
