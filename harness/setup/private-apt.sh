# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# apt with a state of its own: it reads the machine's configuration (sources, keys, proxies) and
# changes none of it, and needs no root. Sourced after cache.sh; works below $work.

# Without a deadline a silent mirror would hold the set-up for ever.
private_apt_deadline_s=600

# private_apt_init: makes the private directories; the machine's package lists stay in use.
private_apt_init() {
    command -v apt-get >/dev/null || return 1
    private_apt=${work:?}/apt
    private_apt_conf=$private_apt/apt.conf
    mkdir -p "$private_apt/lists/partial" "$private_apt/cache/archives/partial"
    private_apt_conf >"$private_apt_conf"
}

# Given with -c, so it is read after the machine's files, and #clear can undo their hooks.
private_apt_conf() {
    cat <<END
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Cache "$private_apt/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
END
    # The sandbox user cannot enter a directory of root's.
    [ "$(id -u)" != 0 ] || echo 'APT::Sandbox::User "root";'
}

private_apt() {
    tool=$1
    shift
    DEBIAN_FRONTEND=noninteractive timeout --foreground "$private_apt_deadline_s" \
        "$tool" -c "$private_apt_conf" "$@"
}

# private_apt_has PACKAGE: is it in the lists, not only named there?
private_apt_has() {
    private_apt apt-cache show --no-all-versions "$1" 2>/dev/null | grep -q '^Version: '
}

# From here on private lists, of the machine's own sources.
private_apt_update() {
    echo "Dir::State::Lists \"$private_apt/lists\";" >>"$private_apt_conf"
    private_apt apt-get -q update
}

# From here on private lists, of the source packages of the machine's Debian entries. The machine's
# own configuration says where; an entry for source packages is rarely among it.
private_apt_update_sources() {
    private_apt_know_targets && private_apt_use "$(private_apt_source_entries)"
}

# private_apt_use_suites SUITE...: from here on private lists, of these suites of Debian, from the
# site of the machine's Debian entries and trusted for the same keys. When the machine has them all
# (by their code names) its own lists stay in use.
# shellcheck disable=SC2016
private_apt_use_suites() {
    private_apt_know_targets || return
    for suite; do
        private_apt_targets '$(CODENAME)' | grep -qxF "$suite" && continue
        private_apt_use "$(private_apt_suite_entries "$@")"
        return
    done
}

# Where there are no lists, nobody knows what is Debian's.
# shellcheck disable=SC2016
private_apt_know_targets() {
    [ -n "$(private_apt_targets '$(SITE)')" ] || private_apt_update
}

# private_apt_use ENTRIES: from here on these instead of the machine's, with private lists.
private_apt_use() {
    [ -n "$1" ] || return
    printf '%s\n' "$1" >"$private_apt/sources.list"
    cat >>"$private_apt_conf" <<CONF
Dir::Etc::SourceList "$private_apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
CONF
    private_apt_update
}

# private_apt_targets FORMAT [FILTER]: the machine's package lists of Debian, one line each
private_apt_targets() {
    private_apt apt-get indextargets --format "$1" 'Created-By: Packages' 'Origin: Debian' \
        ${2+"$2"} | sort -u
}

# shellcheck disable=SC2016 # apt substitutes these
private_apt_source_entries() {
    private_apt_targets '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SOURCESENTRY)' |
        while read -r uri release component entry; do
            options=$(private_apt_entry_options "${entry%:*}" "${entry##*:}")
            echo "deb-src [target=Sources${options:+ $options}] $uri $release $component"
        done
}

# The site of the archive itself: that of the security team has other suites.
# shellcheck disable=SC2016
private_apt_suite_entries() {
    private_apt_targets '$(REPO_URI) $(SOURCESENTRY)' 'Label: Debian' | head -n 1 |
        while read -r uri entry; do
            options=$(private_apt_entry_options "${entry%:*}" "${entry##*:}")
            for suite; do
                echo "deb${options:+ [$options]} $uri $suite main"
            done
        done
}

# private_apt_entry_options FILE NUMBER: how that entry says it is to be trusted, in one-line style.
# NUMBER counts lines in a .list file and stanzas in a .sources file. Keys written out in the stanza
# are not copied: apt then tries those of the machine.
private_apt_entry_options() {
    case $1 in
    *.sources)
        awk -v RS= -v FS='\n' -v wanted="$2" '
            { entry = 0; for (i = 1; i <= NF; i++) entry += $i ~ /^[A-Za-z]/ }
            entry && ++number == wanted { for (i = 1; i <= NF; i++) print $i }' "$1" |
            sed -n 's/^\(Signed-By\|Trusted\): *\([^ ].*\)$/\1=\2/p' |
            sed 's/^Signed-By/signed-by/; s/^Trusted/trusted/; s/ *$//; s/[ ,]\{1,\}/,/g'
        ;;
    *)
        sed -n "$2s/.*\[\(.*\)\].*/\1/p" "$1" | tr ' ' '\n' | grep -E '^(signed-by|trusted)=' || :
        ;;
    esac | paste -sd ' '
}
