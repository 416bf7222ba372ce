// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/torch/ImageStream.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "core/base/Seed.h"
#include "core/data/detail/LoadPreprocessed.h"
#include "core/inference/torch/ViewMean.h"
#include "core/runtime/ThreadBudget.h"

namespace graft::inference {

namespace {

// What passes through the network: each image's views, one behind another.
std::size_t countOfViews(const std::vector<std::string>& images, const StreamOptions& options) {
    return images.size() * options.views.count;
}

struct Batch {
    enum class State { Filling, Full, Running, Done };
    State state = State::Filling;
    std::size_t first = 0;  // view, of all images'
    std::size_t count = 0;
    std::size_t decoding = 0;  // views that are not decoded yet
    at::Tensor images;
    std::vector<std::optional<Error>> errors;
    std::vector<std::string> replaced;  // see Seen; empty: not replaced
    at::Tensor answer;                  // a row for each view that has no error
};

// What the model gives for `rows` images, as rows. A foreign model may give what it likes for each of them.
at::Tensor rowsOf(const at::Tensor& answer, std::int64_t rows, const StreamOptions& options) {
    const at::Tensor found = answer.to(torch::kCPU, torch::kFloat).contiguous();
    TORCH_CHECK(found.dim() > 0 && found.size(0) == rows, "the model gives another number of answers");
    const at::Tensor flat = found.flatten(1);
    TORCH_CHECK(options.width == 0 || flat.size(1) == static_cast<std::int64_t>(options.width),
                "the model gives ", flat.size(1), " numbers for a picture instead of ", options.width);
    return flat;
}

// A view as the network wants it; replaced gets the picture's hash if it is another than is expected.
Result<void> decode(const std::vector<std::string>& images, std::size_t view, const StreamOptions& options,
                    std::span<float> target, std::string& replaced) {
    const Views& views = options.views;
    const std::size_t image = view / views.count;
    const std::size_t variant = view % views.count;  // 0: the picture as it is
    std::optional<data::AugmentOptions> augment;
    std::uint64_t seed = 0;
    if (variant > 0) {
        augment = views.augment;
        seed = base::deriveSeed(seedOfVariants(views, images[image]), variant - 1);
    }
    const bool isKnown = image < options.sha256.size() && !options.sha256[image].empty();
    std::string found;
    const auto read = data::loadPreprocessed(images[image], options.preprocess, augment, seed, target,
                                             options.memory.get(), isKnown ? &found : nullptr);
    // Empty: it came from memory.
    if (read && isKnown && !found.empty() && found != options.sha256[image]) replaced = std::move(found);
    return read;
}

// Threads that do what is to be done next: run a batch that is full, else decode an image of the next one. So
// all processors work on one kind of thing or the other, and none waits for a slower one.
class Stream {
  public:
    Stream(const std::vector<std::string>& images, const StreamOptions& options, const RunBatch& run)
        : m_images(images), m_options(options), m_run(run), m_views(countOfViews(images, options)) {
        const int wanted = options.threads > 0 ? options.threads : runtime::availableProcessors();
        m_ahead = static_cast<std::size_t>(wanted) * 2 + 1;
        m_mayRun = options.device.is_cpu() ? static_cast<std::size_t>(wanted) : 1;
        m_workers.reserve(static_cast<std::size_t>(wanted));  // once threads run, nothing else may fail here
        try {
            for (int i = 0; i < wanted; ++i)
                m_workers.emplace_back([this] { workOrFail(); });
        } catch (const std::system_error&) {  // the system gives no more threads
            if (m_workers.empty()) throw;
        } catch (...) {  // what runs by now must not wait for ever
            close();
            throw;
        }
    }

    ~Stream() { close(); }

    std::size_t batches() const { return (m_views + m_options.batchSize - 1) / m_options.batchSize; }

    // The next batch in order; waits for it.
    Batch take() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] {
            return m_failure || (!m_inFlight.empty() && m_inFlight.front().state == Batch::State::Done);
        });
        if (m_failure) std::rethrow_exception(m_failure);
        Batch batch = std::move(m_inFlight.front());
        m_inFlight.pop_front();
        lock.unlock();
        m_changed.notify_all();
        return batch;
    }

  private:
    void close() {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_changed.notify_all();
        m_workers.clear();  // joins
    }

    void workOrFail() {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(m_mutex);
            if (!m_failure) m_failure = std::current_exception();
            m_closed = true;
            m_changed.notify_all();
        }
    }

    void work() {
        if (m_options.device.is_cpu()) runtime::useOneComputeThread();
        const torch::NoGradGuard noGradients;
        std::unique_lock lock(m_mutex);
        while (!m_closed) {
            if (Batch* full = nextFull()) {
                runBatch(*full, lock);
            } else if (m_nextView < m_views && mayDecode()) {
                decodeNext(lock);
            } else if (m_nextView >= m_views && m_unfinished == 0) {
                return;
            } else {
                m_changed.wait(lock);
            }
        }
    }

    Batch* nextFull() {
        if (m_running >= m_mayRun) return nullptr;
        // The network decides by its first batch how it runs: never by a later one that is ready sooner.
        if (!m_anyRan) {
            const auto first = std::ranges::find_if(
                m_inFlight, [](const Batch& batch) { return batch.state != Batch::State::Done; });
            return first == m_inFlight.end() || first->state != Batch::State::Full ? nullptr : &*first;
        }
        const auto found = std::ranges::find(m_inFlight, Batch::State::Full, &Batch::state);
        return found == m_inFlight.end() ? nullptr : &*found;
    }

    bool mayDecode() const { return m_nextView < m_begun || m_inFlight.size() < m_ahead; }

    // deque: a batch stays where it is while others come and go at the ends.
    void runBatch(Batch& batch, std::unique_lock<std::mutex>& lock) {
        batch.state = Batch::State::Running;
        ++m_running;
        lock.unlock();
        const bool anyRead =
            std::ranges::any_of(batch.errors, [](const std::optional<Error>& error) { return !error; });
        if (anyRead) batch.answer = rowsOf(m_run(batch.images), batch.images.size(0), m_options);
        batch.images.reset();
        lock.lock();
        m_anyRan = m_anyRan || anyRead;
        --m_running;
        --m_unfinished;
        batch.state = Batch::State::Done;
        m_changed.notify_all();
    }

    void decodeNext(std::unique_lock<std::mutex>& lock) {
        const std::int64_t side = m_options.preprocess.cropSize;
        const std::size_t view = m_nextView++;
        if (view == m_begun) {
            Batch& begun = m_inFlight.emplace_back();
            begun.first = view;
            begun.count = begun.decoding = std::min(m_options.batchSize, m_views - view);
            // A batch is always whole: an answer does not depend on how many others there are.
            begun.images = torch::zeros({static_cast<std::int64_t>(m_options.batchSize), 3, side, side});
            begun.errors.resize(begun.count);
            begun.replaced.resize(begun.count);
            m_begun = view + begun.count;
            ++m_unfinished;
        }
        Batch& batch = m_inFlight.back();
        const std::size_t row = view - batch.first;
        const auto numbers = static_cast<std::size_t>(3 * side * side);
        float* pixels = batch.images.data_ptr<float>() + row * numbers;
        lock.unlock();
        std::string replaced;
        const auto read = decode(m_images, view, m_options, {pixels, numbers}, replaced);
        lock.lock();
        if (!read) batch.errors[row] = read.error();
        batch.replaced[row] = std::move(replaced);
        if (--batch.decoding == 0) {
            batch.state = Batch::State::Full;
            m_changed.notify_all();
        }
    }

    const std::vector<std::string>& m_images;
    const StreamOptions& m_options;
    const RunBatch& m_run;
    const std::size_t m_views;  // of all images
    std::size_t m_ahead = 0;    // batches in flight at most
    std::size_t m_mayRun = 1;   // batches in the network at most

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Batch> m_inFlight;  // in order
    std::size_t m_nextView = 0;
    std::size_t m_begun = 0;  // views whose batch has been begun
    std::size_t m_running = 0;
    bool m_anyRan = false;         // through the network
    std::size_t m_unfinished = 0;  // batches that are begun and not run
    bool m_closed = false;
    std::exception_ptr m_failure;
    std::vector<std::jthread> m_workers;
};

bool handOut(const Batch& batch, const Sink& sink, runtime::RunControl& control) {
    for (std::size_t i = 0; i < batch.count; ++i) {
        if (!control.checkpoint()) return false;
        Seen seen{batch.first + i, {}, nullptr, batch.replaced[i].empty() ? nullptr : &batch.replaced[i]};
        if (batch.errors[i]) {
            seen.error = &*batch.errors[i];
        } else {
            const auto width = static_cast<std::size_t>(batch.answer.size(1));
            seen.row = {batch.answer.data_ptr<float>() + i * width, width};
        }
        if (!sink(seen)) return false;
    }
    return true;
}

// One picture gets all processors, in this thread.
bool showOne(const std::vector<std::string>& images, const StreamOptions& options, const RunBatch& run,
             const Sink& sink) {
    const std::int64_t side = options.preprocess.cropSize;
    const at::Tensor input = torch::empty({1, 3, side, side});
    std::string replaced;
    const auto read = decode(images, 0, options,
                             {input.data_ptr<float>(), static_cast<std::size_t>(input.numel())}, replaced);
    if (!read) return sink({0, {}, &read.error(), nullptr});
    const torch::NoGradGuard noGradients;
    const at::Tensor answer = rowsOf(run(input), 1, options);
    return sink({0,
                 {answer.data_ptr<float>(), static_cast<std::size_t>(answer.numel())},
                 nullptr,
                 replaced.empty() ? nullptr : &replaced});
}

}  // namespace

bool streamImages(const std::vector<std::string>& images, const StreamOptions& options, const RunBatch& run,
                  const Sink& sink, runtime::RunControl& control) {
    if (images.empty()) return true;
    if (!control.checkpoint()) return false;
    if (countOfViews(images, options) == 1) return showOne(images, options, run, sink);
    const Sink perImage = options.views.count > 1 ? meanOfViews(options.views.count, sink) : sink;
    Stream stream(images, options, run);
    for (std::size_t i = 0; i < stream.batches(); ++i) {
        if (!handOut(stream.take(), perImage, control)) return false;
    }
    return true;
}

}  // namespace graft::inference
