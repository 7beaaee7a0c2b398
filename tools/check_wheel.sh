#!/usr/bin/env bash
# Builds the wheel and runs it from a clean virtual environment, away from the source tree: what is not in the wheel is missed here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PIP_CONSTRAINT="$root/constraints.txt" PIP_BUILD_CONSTRAINT="$root/constraints.txt" PIP_DISABLE_PIP_VERSION_CHECK=1

.venv/bin/python -m build --wheel --outdir "$work/dist" . >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 2
}
.venv/bin/python - "$work"/dist/*.whl <<'PY'
"""Every file that git knows in the packages is in the wheel."""
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

packages = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
inside = set(zipfile.ZipFile(sys.argv[1]).namelist())
missing = []
for package in packages:
    folder = Path(package).parent
    listed = subprocess.run(["git", "ls-files", "-z", package], check=True, capture_output=True, text=True).stdout
    files = [name for name in listed.split("\0") if name and Path(name).exists()]
    missing += [name for name in files if Path(name).relative_to(folder).as_posix() not in inside]
if missing:
    sys.exit("Not in the wheel: " + ", ".join(missing))
PY
.venv/bin/python -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet -c constraints.txt "$work"/dist/*.whl
cd "$work"
"$work/venv/bin/canbao" --help >/dev/null
"$work/venv/bin/canbao" policy list
echo "The wheel works on its own: $(basename "$work"/dist/*.whl)"
