#!/bin/sh
# embedded-timescaledb-install.sh DIR: unpacks PostgreSQL 17 and TimescaleDB (Apache-2 edition) from Debian trixie's packages
# into DIR. It installs nothing on the host: apt works on a state of its own inside DIR, and the server runs with
# its own glibc through its own ld.so, so a trixie server runs on bookworm. Needs no root. amd64 only.
set -eu
umask 022
suite=trixie major=17
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
[ "$(dpkg --print-architecture)" = amd64 ] || {
    echo "the embedded TimescaleDB is made for amd64; on this machine give DATABASE_URL of a server" >&2
    exit 1
}
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
apt=$prefix/.apt
bin=$prefix/usr/lib/postgresql/$major/bin
extensions=$prefix/usr/share/postgresql/$major/extension

# shellcheck disable=SC2016 # apt fills in $(REPO_URI)
# The machine's own Debian mirror: the archive that its apt already uses.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -n 1)
[ -n "$mirror" ] || {
    echo "no Debian archive in this machine's apt sources: name one in /etc/apt/sources.list.d" >&2
    exit 1
}
rm -rf "$apt"
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
: >"$apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/list"
cat >"$apt/conf" <<END
Dir::State "$apt"; Dir::State::status "$apt/status"; Dir::State::lists "$apt/lists"; Dir::Cache "$apt";
Dir::Etc "$apt"; Dir::Etc::sourcelist "$apt/list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::parts "/dev/null";
Dir::Etc::preferencesparts "/dev/null"; APT::Architecture "amd64"; APT::Sandbox::User ""; Acquire::Languages "none";
APT::Install-Recommends "0"; Acquire::GzipIndexes "true"; Acquire::Check-Valid-Until "false"; Acquire::Retries "3";
END
export APT_CONFIG="$apt/conf" LC_ALL=C.UTF-8
echo "    package lists of Debian $suite"
apt-get -qq update
server=postgresql-$major
# The dependency closure, less what only maintainer scripts, JIT and locales need.
apt-get -qq --print-uris install $server $server-timescaledb $server-cron $server-pgtap $server-plpgsql-check |
    awk '{ print $2 }' | sed 's/_.*//' | grep -E '^(lib|zlib1g|postgresql-)' |
    grep -vE 'llvm|libz3|perl|-jit|common|libpam-mod|semanage|libsepol|libdb|libgdbm|libproc|legacy|libc-' >"$apt/want"
echo "    $(wc -l <"$apt/want") packages"
cd "$apt/archives"
# shellcheck disable=SC2046 # one package name a line
apt-get -qq download $(cat "$apt/want")
for package in *.deb; do dpkg -x "$package" "$prefix"; done
for program in postgres initdb pg_ctl psql pg_dump pg_dumpall pg_restore pg_isready pg_basebackup; do
    [ -f "$bin/$program" ] || continue
    mv "$bin/$program" "$bin/.$program"
    # Run under the prefix's own ld.so and libraries, wherever the folder is moved to.
    cat >"$bin/$program" <<'END'
#!/bin/sh
bin=$(cd "$(dirname "$0")" && pwd)
libraries=${bin%/lib/postgresql/*}/lib/x86_64-linux-gnu
name=${0##*/}
exec "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" --argv0 "$bin/$name" "$bin/.$name" "$@"
END
    chmod 755 "$bin/$program"
done
cd /
rm -rf "$apt" "$prefix/usr/share/doc" "$prefix/usr/share/man" "$bin/../lib/bitcode" "$bin/../lib/llvmjit.so"

"$bin/postgres" --version | grep -q "(PostgreSQL) $major\." || { echo "the unpacked server does not run" >&2; exit 1; }
for extension in timescaledb pgcrypto pg_stat_statements pgtap plpgsql_check; do
    [ -f "$extensions/$extension.control" ] || { echo "extension $extension is missing from $suite" >&2; exit 1; }
done
"$bin/postgres" --version
