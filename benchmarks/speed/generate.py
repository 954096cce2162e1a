"""Trees of a given number of files, always the same for one number: one file in ten speaks of a port."""

from __future__ import annotations

import sys
from pathlib import Path

PER_SERVICE = 100


def generate(root: Path, files: int) -> None:
    """Write a tree; a service has a hundred files, ten of which state its port."""
    compose = ["services:"]
    for number in range(max(files // PER_SERVICE, 1)):
        name, port = f"service{number:03}", 10_000 + number
        variable = f"{name.upper()}_PORT"
        folder = root / name
        (folder / "src" / "views").mkdir(parents=True, exist_ok=True)
        compose += [f"  {name}:", f"    build: ./{name}", f'    ports: ["{port}:8000"]']
        for path, text in _speaking(name, variable, port).items():
            (folder / path).write_text(text, "utf-8")
        for index in range(PER_SERVICE - 10):
            _plain(folder, number, index)
    (root / "compose.yaml").write_text("\n".join(compose) + "\n", "utf-8")


def _speaking(name: str, variable: str, port: int) -> dict[str, str]:
    upper = name.upper()
    body = "".join(
        f"\n\ndef helper_{n}(items):\n    return [item * {n} for item in items if item]\n" for n in range(30)
    )
    return {
        ".env": f"{variable}={port}\n{upper}_URL=http://localhost:{port}/api\nLOG_LEVEL=info\n",
        ".env.example": f"{variable}={port}\n{upper}_URL=http://localhost:{port}/api\n",
        "Dockerfile": f"FROM python:3.12\nWORKDIR /app\nCOPY . .\nEXPOSE {port}\nCMD uvicorn app:app --port {port}\n",
        "README.md": f"# {name}\n\n"
        + "Some words about what it does and how.\n" * 30
        + f"\nOpen http://localhost:{port} after\n\n```sh\n{variable}={port} ./start.sh\n```\n",
        "start.sh": f'#!/bin/sh\nset -e\nexport {variable}="${{{variable}:-{port}}}"\n'
        + f'exec uvicorn app:app --port "${variable}"\n',
        "config.toml": f'name = "{name}"\n[server]\nhost = "127.0.0.1"\nport = {port}\n',
        "settings.yaml": f"name: {name}\nserver:\n  host: localhost\n  port: {port}\n",
        "src/app.py": f'import os\n\nport = int(os.getenv("{variable}", "{port}"))  # default {port}\n' + body,
        "src/client.ts": f'export const base = process.env.{upper}_URL ?? "http://localhost:{port}";\n'
        + "".join(f"export function f{n}(a: number) {{ return a + {n}; }}\n" for n in range(60)),
        "package.json": f'{{"name": "{name}", "scripts": {{"dev": "vite --port {port + 20000}"}}}}\n',
    }


def _plain(folder: Path, number: int, index: int) -> None:
    if index % 3:
        text = "".join(f"def work_{number}_{index}_{n}(a, b):\n    return (a + b) * {n}\n\n\n" for n in range(40))
        (folder / "src" / f"module_{index}.py").write_text(text, "utf-8")
    else:
        text = "".join(f"export const View{n} = (p: {{ a: string }}) => <div>{{p.a}} {n}</div>;\n" for n in range(50))
        (folder / "src" / "views" / f"view_{index}.tsx").write_text(text, "utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
