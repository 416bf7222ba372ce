// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/ScanFiles.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>

#include "core/base/detail/Hash.h"
#include "core/data/ImageDecoder.h"
#include "core/data/detail/ScanCache.h"
#include "core/runtime/RunControl.h"
#include "core/runtime/ThreadBudget.h"

namespace graft::data {

namespace {

void read(const std::string& path, Candidate& candidate) try {
    const auto bytes = readFileBytes(path);
    const auto note = bytes ? inspectImage(*bytes, path) : Result<PictureNote>(fail(bytes.error()));
    if (note) {
        candidate.note = *note;
        candidate.bytes = bytes->size();
        candidate.sha256 = base::sha256Hex(*bytes);
    } else {
        candidate.problem = note.error().message;
    }
} catch (const std::bad_alloc&) {
    candidate.problem = GRAFT_TEXT("The memory does not suffice to read it; make it smaller.");
}

}  // namespace

bool forEachInThreads(std::size_t count, int threads, runtime::RunControl* control,
                      const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> stopped = false;
    std::exception_ptr failure;  // the first; mostly too little memory
    std::mutex failureMutex;
    const auto workThrough = [&] {
        for (std::size_t i = next++; i < count && !stopped; i = next++) {
            if (control != nullptr && !control->checkpoint()) {
                stopped = true;
                return;
            }
            work(i);
        }
    };
    const auto loop = [&] {
        try {
            workThrough();
        } catch (...) {
            stopped = true;
            const std::lock_guard lock(failureMutex);
            if (!failure) failure = std::current_exception();
        }
    };
    const int wanted = threads > 0 ? threads : runtime::availableProcessors();
    std::vector<std::jthread> workers;
    try {
        for (int i = 1; i < wanted; ++i)
            workers.emplace_back(loop);
    } catch (const std::system_error&) {  // no more threads to be had: fewer do it too
    }
    loop();
    workers.clear();  // joins
    if (failure) std::rethrow_exception(failure);
    return !stopped;
}

bool inspectFiles(const std::string& root, std::vector<Candidate>& candidates, int threads,
                  const std::function<void(std::size_t, std::size_t)>& progress,
                  runtime::RunControl* control) {
    ScanCache cache(root);
    std::vector<std::optional<ScanCache::State>> states(candidates.size());
    std::mutex progressMutex;
    std::size_t done = 0;
    const bool whole = forEachInThreads(candidates.size(), threads, control, [&](std::size_t i) {
        Candidate& candidate = candidates[i];
        if (candidate.problem.empty()) {
            const std::string path = root + "/" + candidate.path;
            states[i] = ScanCache::stateOf(path);
            const auto known = states[i] ? cache.find(candidate.path, *states[i]) : std::nullopt;
            if (known) {
                candidate.sha256 = known->sha256;
                candidate.note = known->note;
                candidate.bytes = static_cast<std::uint64_t>(states[i]->front());
            } else {
                read(path, candidate);
            }
        }
        const std::lock_guard lock(progressMutex);
        ++done;
        if (progress) progress(done, candidates.size());
    });
    if (!whole) return false;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const Candidate& candidate = candidates[i];
        if (states[i] && candidate.problem.empty())
            cache.remember(candidate.path, *states[i], {candidate.sha256, candidate.note});
    }
    cache.save();
    return true;
}

}  // namespace graft::data
