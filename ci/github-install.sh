#!/usr/bin/env bash
# A step of action.yml: portlint in an environment of its own, so that nothing of the job is changed.
set -euo pipefail

home="$RUNNER_TEMP/portlint-environment"
"$PYTHON" -m venv "$home"
scripts="$home/bin"
if [ -d "$home/Scripts" ]; then
    scripts="$home/Scripts" # Windows
fi
wanted="$GITHUB_ACTION_PATH"
if [ -n "$PORTLINT_WANTED" ]; then
    wanted="portlint==$PORTLINT_WANTED"
fi
"$scripts/python" -m pip install --quiet --disable-pip-version-check "$wanted"
"$scripts/portlint" --version
echo "program=$scripts/portlint" >> "$GITHUB_OUTPUT"
