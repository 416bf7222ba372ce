// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/torch/BatchLoader.h"

#include <torch/types.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/data/detail/LoadPreprocessed.h"
#include "core/runtime/ThreadBudget.h"

namespace graft::data {

namespace {

// A batch that is being filled.
struct Filling {
    at::Tensor images;
    std::vector<std::optional<Error>> unreadable;
    std::vector<std::string> replaced;  // the hash of what was read, if another was expected
    std::size_t remaining = 0;
};

}  // namespace

struct BatchLoader::State {
    std::vector<LoadJob> jobs;
    LoaderOptions options;
    std::vector<std::size_t> ends;
    std::size_t ahead = 2;  // batches in flight at most

    std::mutex mutex;
    std::condition_variable room;
    std::condition_variable filled;
    std::map<std::size_t, Filling> filling;
    std::size_t nextJob = 0;
    std::size_t consumed = 0;  // index of the batch that next() returns
    bool closed = false;
    std::exception_ptr failure;  // of a worker, for next() to throw
    std::vector<std::jthread> workers;

    std::size_t firstJobOf(std::size_t batch) const { return batch == 0 ? 0 : ends[batch - 1]; }
    std::size_t endJobOf(std::size_t batch) const { return ends[batch]; }
    std::size_t batchOf(std::size_t job) const {
        return static_cast<std::size_t>(std::ranges::upper_bound(ends, job) - ends.begin());
    }

    // Also where the loader's making ends with an exception: what runs by then must not wait for ever.
    ~State() {
        {
            const std::lock_guard lock(mutex);
            closed = true;
        }
        room.notify_all();
        workers.clear();  // joins
    }

    void workOrFail() {
        try {
            work();
        } catch (...) {  // mostly too little memory for a batch
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
            closed = true;
            room.notify_all();
            filled.notify_all();
        }
    }

    void work() {
        runtime::giveWay();
        const std::int64_t side = options.preprocess.cropSize;
        std::unique_lock lock(mutex);
        while (true) {
            room.wait(lock, [&] {
                return closed || nextJob >= jobs.size() || batchOf(nextJob) < consumed + ahead;
            });
            if (closed || nextJob >= jobs.size()) return;
            const std::size_t job = nextJob++;
            const std::size_t batch = batchOf(job);
            const std::size_t row = job - firstJobOf(batch);
            Filling& target = filling[batch];  // stays where it is while others come and go
            if (!target.images.defined()) {
                target.remaining = endJobOf(batch) - firstJobOf(batch);
                target.images = torch::empty({static_cast<std::int64_t>(target.remaining), 3, side, side},
                                             torch::TensorOptions().pinned_memory(options.pinned));
                target.unreadable.assign(target.remaining, {});
                target.replaced.assign(target.remaining, {});
            }
            float* pixels =
                target.images.data_ptr<float>() + static_cast<std::int64_t>(row) * 3 * side * side;

            lock.unlock();
            const auto count = static_cast<std::size_t>(3 * side * side);
            const std::string& expected = jobs[job].sha256;
            std::string sha256;
            const auto read =
                loadPreprocessed(jobs[job].path, options.preprocess, options.augment, jobs[job].seed,
                                 {pixels, count}, options.memory.get(), expected.empty() ? nullptr : &sha256);
            lock.lock();

            if (!read) target.unreadable[row] = read.error();
            if (sha256 != expected) target.replaced[row] = std::move(sha256);
            if (--target.remaining == 0) filled.notify_all();
        }
    }
};

std::size_t BatchLoader::batchCount(std::size_t jobs, std::size_t batchSize) {
    const std::size_t whole = jobs / batchSize;
    const std::size_t rest = jobs % batchSize;
    return whole + (rest > 1 || (rest == 1 && whole == 0) ? 1 : 0);
}

std::vector<std::size_t> BatchLoader::batchEnds(std::size_t jobs, std::size_t batchSize) {
    std::vector<std::size_t> ends;
    for (std::size_t batch = 1; batch <= batchCount(jobs, batchSize); ++batch)
        ends.push_back(batch * batchSize);
    if (!ends.empty()) ends.back() = jobs;
    return ends;
}

BatchLoader::BatchLoader(std::vector<LoadJob> jobs, const LoaderOptions& options)
    : m_state(std::make_unique<State>()) {
    State& state = *m_state;
    state.jobs = std::move(jobs);
    state.options = options;
    state.ends = options.ends.empty() ? batchEnds(state.jobs.size(), options.batchSize) : options.ends;
    const auto side = static_cast<std::size_t>(options.preprocess.cropSize);
    const std::size_t batchBytes = options.batchSize * 3 * side * side * sizeof(float);
    state.ahead = std::clamp<std::size_t>(options.memoryBound / batchBytes, 2, 4);
    state.consumed = options.firstBatch;
    if (state.consumed >= state.ends.size()) return;
    state.nextJob = state.firstJobOf(options.firstBatch);

    const int threads = options.threads > 0 ? options.threads : runtime::availableProcessors();
    try {
        state.workers.reserve(static_cast<std::size_t>(threads));
        for (int i = 0; i < threads; ++i)
            state.workers.emplace_back([&state] { state.workOrFail(); });
    } catch (const std::system_error&) {
        // The system starts no more threads. Fewer load the same batches; without any there are none.
        if (state.workers.empty()) throw;
    }
}

BatchLoader::~BatchLoader() = default;

std::optional<Batch> BatchLoader::next() {
    State& state = *m_state;
    std::unique_lock lock(state.mutex);
    if (state.consumed >= state.ends.size()) return std::nullopt;
    const std::size_t index = state.consumed;
    state.filled.wait(lock, [&] {
        if (state.failure) return true;
        const auto found = state.filling.find(index);
        return found != state.filling.end() && found->second.images.defined() && found->second.remaining == 0;
    });
    if (state.failure) std::rethrow_exception(state.failure);
    Filling filling = std::move(state.filling.at(index));
    state.filling.erase(index);
    ++state.consumed;
    lock.unlock();
    state.room.notify_all();

    Batch batch;
    std::vector<std::int64_t> labels;
    std::vector<std::int64_t> rows;
    const std::size_t first = state.firstJobOf(index);
    batch.firstJob = first;
    for (std::size_t row = 0; row < filling.unreadable.size(); ++row) {
        const LoadJob& job = state.jobs[first + row];
        if (filling.unreadable[row]) {
            batch.unreadable.push_back({first + row, std::move(*filling.unreadable[row])});
            continue;
        }
        if (!filling.replaced[row].empty())
            batch.replaced.push_back({first + row, std::move(filling.replaced[row])});
        batch.jobs.push_back(first + row);
        labels.push_back(job.label);
        rows.push_back(static_cast<std::int64_t>(row));
    }
    batch.labels = torch::tensor(labels, torch::kLong);
    batch.images = batch.unreadable.empty()
                       ? filling.images
                       : filling.images.index_select(0, torch::tensor(rows, torch::kLong));
    return batch;
}

}  // namespace graft::data
