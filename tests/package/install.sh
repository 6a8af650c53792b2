#!/usr/bin/env bash
# Installs, uses, removes and purges a package on an overlay over this system. To be run in a mount
# namespace of its own: unshare --mount install.sh FILE.deb. Exit status 77: no overlay can be made here.
set -euo pipefail

main() {
    local package=$1 place
    place=$(mktemp -d)
    mount --make-rprivate /
    mount -t tmpfs none "$place"
    mkdir "$place/upper" "$place/work" "$place/root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" "$place/root" || {
        echo "the package is not installed: no overlay can be mounted here"
        exit 77
    }
    mount --rbind /dev "$place/root/dev"
    mount -t proc proc "$place/root/proc"
    cp -- "$package" "$place/root/tmp/package.deb"
    chroot "$place/root" /bin/bash -euc "$(declare -f fail expect inside); inside"
}

fail() { echo "install.sh: $*" && exit 1; }

# expect WHAT COMMAND...
expect() {
    local what=$1
    shift
    "$@" || fail "$what"
}

inside() {
    export DEBIAN_FRONTEND=noninteractive
    dpkg --purge secretmagic >/dev/null 2>&1 || true
    ! id secretmagic >/dev/null 2>&1 || userdel secretmagic
    # Slim systems leave manual pages out.
    dpkg --path-include='/usr/share/man/*' -i /tmp/package.deb
    expect 'the program does not run' secretmagic version
    expect 'the program has no help' test -n "$(secretmagic help)"
    expect 'no manual page' man -w secretmagic
    expect 'no user' id secretmagic
    expect 'wrong mode of the configuration' \
        test "$(stat -c '%a %U %G' /etc/secretmagic/secretmagic.conf)" = '640 root secretmagic'
    expect 'the user cannot read its configuration' \
        setpriv --reuid secretmagic --regid secretmagic --clear-groups -- \
        secretmagic emit --dry-run --config /etc/secretmagic/secretmagic.conf </dev/null
    echo 'writers = 3' >>/etc/secretmagic/secretmagic.conf
    dpkg -i /tmp/package.deb # again, as an upgrade would
    expect 'an upgrade took the configuration away' grep -q 'writers = 3' /etc/secretmagic/secretmagic.conf
    dpkg --remove secretmagic
    expect 'the program is still there' test ! -e /usr/bin/secretmagic
    expect 'remove took the configuration away' test -e /etc/secretmagic/secretmagic.conf
    dpkg --purge secretmagic
    expect 'purge left the configuration' test ! -e /etc/secretmagic
    userdel secretmagic
    rm "$(type -P systemd-sysusers)" # as in an image
    dpkg -i /tmp/package.deb
    expect 'no user without systemd' id secretmagic
}

main "$@"
