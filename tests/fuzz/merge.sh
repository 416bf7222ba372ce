#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Adds to the committed corpus what run.sh found and what reaches code that the corpus does not reach yet. The files
# of make_corpus.py and the findings stay. Usage: merge.sh [LARGEST FILE IN BYTES (700)]
set -euo pipefail
cd "$(dirname "$0")/../.."
for folder in build/fuzz/new/*/; do
    target=$(basename "$folder")
    find "$folder" -size +"${1:-700}"c -delete
    "build/fuzz/bin/fuzz_$target" -merge=1 "tests/fuzz/corpus/$target" "$folder" 2>&1 | tail -1
done
du -sb tests/fuzz/corpus
