#!/bin/sh
# Builds the fastest sawlog: compiled twice, the second time with a profile of what the first one did while it
# converted generated dumps. The compiler then knows which calls and branches matter, and which never happen.
#
#   benches/profiled.sh          builds target/profiled/sawlog; takes as long as two release builds, or longer
#
# The dumps are of two log types, so that what is gained on others shows that the binary is not tuned to them.
# Wanted: rustup component add llvm-tools. LLVM_PROFDATA may name another llvm-profdata that can read what the
# compiler counts, as that of LLVM 19 can with Rust 1.95; its path is absolute, or it is found in PATH.
set -eu
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}/profiled")
host=$(rustc --print host-tuple)
profdata=${LLVM_PROFDATA:-$(rustc --print target-libdir)/../bin/llvm-profdata}
if ! command -v "$profdata" >/dev/null; then
    echo "$profdata is missing; install llvm-profdata with: rustup component add llvm-tools" >&2
    exit 1
fi

# Flag and folder. With a target named, build scripts are compiled without the flag. Where flags are encoded,
# a byte stands between them instead of a blank, which a path may have.
build() {
    flags=
    for flag in ${RUSTFLAGS:-}; do
        flags=$flags$flag$(printf '\037')
    done
    CARGO_ENCODED_RUSTFLAGS=$flags$1 \
        cargo build --locked --release -p sawlog --target "$host" --target-dir "$target/$2"
}

# A dump on standard input. What the summary says is of interest where something fails.
convert() {
    "$sawlog" convert - --out "$work/lake" "$@" 2>"$work/told" || {
        cat "$work/told" >&2
        exit 1
    }
    rm -rf "$work/lake"
}

rm -rf "$target/counts"
build "-Cprofile-generate=$target/counts" instrumented

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sawlog=$target/instrumented/$host/release/sawlog
for log_type in Atlassian.Audit GitHub.Audit; do
    "$sawlog" generate --log-type $log_type --events 100000 --seed 7 --out "$work/usual"
    "$sawlog" generate --log-type $log_type --events 20000 --seed 8 --shuffle-keys --undeclared 20 \
        --rejected 2 --out "$work/odd"
    for threads in 1 2; do
        convert --schema $log_type --threads $threads <"$work/usual"
        convert --schema $log_type --threads $threads <"$work/odd"
    done
    # Found among all log types, and compressed.
    gzip -1 <"$work/odd" | convert --threads 2
done

"$profdata" merge --output "$target/profile" "$target/counts"
build "-Cprofile-use=$target/profile" optimized
cp "$target/optimized/$host/release/sawlog" "$target/sawlog"
echo "$target/sawlog" >&2
