#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes every reader of foreign bytes. Usage: run.sh [SECONDS A TARGET (60)] [TARGET..]
# Starts from the committed corpus and writes nothing into it; a finding stops the run, lies in build/fuzz/findings
# and belongs into corpus/TARGET once the reader is right. What is new lies in build/fuzz/new: merge.sh takes it over.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
targets=("${@:2}")
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <(ls tests/fuzz/corpus)

installer/setup-debian.sh fuzz
cmake --preset fuzz --log-level=WARNING >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"
mkdir -p build/fuzz/findings

fuzz() {
    local target=$1 good="tests/fuzz/corpus/$1/good" said
    mkdir -p "build/fuzz/new/$target"
    # A hostile file must not make a reader take memory: what is larger than the file is a finding.
    local limits=(-malloc_limit_mb=64 -rss_limit_mb=1024 -max_len=16384 -timeout=10)
    # Pictures may honestly be far larger than their files.
    [[ $target != image ]] || limits=(-malloc_limit_mb=512 -rss_limit_mb=2048 -max_len=8192 -timeout=30)
    [[ $target != picture ]] || limits=(-malloc_limit_mb=64 -rss_limit_mb=1024 -max_len=8192 -timeout=20)
    [[ ! -f $good || $(head -c1 "$good") != "{" ]] || limits+=(-dict=tests/fuzz/json.dict)
    if said=$("build/fuzz/bin/fuzz_$target" "${limits[@]}" -max_total_time="$seconds" -print_final_stats=1 \
        -verbosity=0 -artifact_prefix="build/fuzz/findings/$target-" "build/fuzz/new/$target" \
        "tests/fuzz/corpus/$target" 2>&1); then
        printf '%s: %s s\n%s\n' "$target" "$seconds" "$said"
    else
        printf '%s: a finding\n%s\n' "$target" "$said"
        return 255 # no further one is started
    fi
}
export -f fuzz
# dav1d's own: it keeps 40 bytes of each picture without a byte of coded data.
printf 'leak:libdav1d\n' >build/fuzz/lsan.supp
export LSAN_OPTIONS=suppressions=$PWD/build/fuzz/lsan.supp:print_suppressions=0
export seconds
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz {}'
