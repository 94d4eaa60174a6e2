# shellcheck shell=bash
# Debian packages: installs what is missing, and only then asks apt for anything.

# What building and running need. Swift's own needs (gcc, libc6-dev …) come with Swift.
# shellcheck disable=SC2034 # read by the scripts that source this file
PACKAGES_RUN=(ca-certificates curl debian-archive-keyring git iproute2 libcurl4-openssl-dev libjs-dygraphs libmosquitto-dev libpq-dev mosquitto pkg-config procps
    python3 python3-numpy python3-venv zlib1g-dev)
# shellcheck disable=SC2034
PACKAGES_TEST=(mosquitto-clients openssl python3-aiosmtpd python3-yaml)
# A browser to try the operator's page in, and letters for its Korean.
# shellcheck disable=SC2034
PACKAGES_WEB=(chromium fonts-nanum)
# shellcheck disable=SC2034
PACKAGES_LINT=(shellcheck python3-venv)
# shellcheck disable=SC2034
PACKAGES_BENCH=(python3-venv)

# need_packages NAME…
need_packages() {
    local name missing=() sudo=() had_mosquitto=yes
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    step "Installing Debian packages: ${missing[*]}"
    if ! am_root; then
        have sudo || die "these Debian packages are missing, and there is no sudo: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    dpkg-query -W -f '${Status}' mosquitto 2>/dev/null | grep -q 'ok installed' || had_mosquitto=no
    apt_quietly "${sudo[@]}" -- update
    apt_quietly "${sudo[@]}" -- install --no-install-recommends "${missing[@]}"
    # Debian starts a broker of its own on port 1883 as soon as the package is there; ours is a private one.
    if [ "$had_mosquitto" = no ] && [ -d /run/systemd/system ]; then
        "${sudo[@]}" systemctl disable --now mosquitto.service >/dev/null 2>&1 || true
    fi
}

# apt_quietly [sudo] -- ARGUMENTS…: no prompts; its output is shown only when it fails
apt_quietly() {
    local before=() log
    while [ "$1" != -- ]; do before+=("$1") && shift; done
    shift
    log=$(mktemp)
    if ! "${before[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 \
        "$@" </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        die "apt-get $1 failed"
    fi
    rm -f "$log"
}
