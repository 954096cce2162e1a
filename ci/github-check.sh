#!/usr/bin/env bash
# A step of action.yml: checks the current folder, and ends with the status that portlint has.
# No expression of a workflow is part of this text; all that is given comes in variables.
set -euo pipefail
set -f

words=()
for word in $PORTLINT_ARGS; do
    words+=("$word")
done
words+=("--")
while IFS= read -r path; do
    path="${path%$'\r'}"
    if [ -n "$path" ]; then
        words+=("$path")
    fi
done <<< "$PORTLINT_PATHS"

status=0
"$PORTLINT" check "${words[@]}" || status=$?
echo "status=$status" >> "$GITHUB_OUTPUT"
if [ "$PORTLINT_SARIF" = true ] && [ "$status" -le 1 ]; then
    file="$RUNNER_TEMP/portlint.sarif"
    "$PORTLINT" check --format "sarif=$file" --exit-zero "${words[@]}"
    echo "sarif=$file" >> "$GITHUB_OUTPUT"
fi
exit "$status"
