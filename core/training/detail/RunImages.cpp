// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunImages.h"

#include <fmt/format.h>

#include <utility>

#include "core/data/FolderScanner.h"

namespace graft::training {

namespace {

// A person reads so many names in an epoch; log.txt has them all.
constexpr std::size_t kNamed = 10;
constexpr const char* kReadAgain = GRAFT_TEXT("Read the folder again before you train on it.");

}  // namespace

Result<void> RunImages::look(const std::optional<DataState>& known, bool goesOn,
                             runtime::RunControl& control) {
    auto state = known ? Result<DataState>(*known) : lookForImages(m_dataset, goesOn ? kPutBack : kReadAgain);
    if (!state) return fail(state.error());
    // The cache, and whoever scores the run's model, know an image by its content, which may have changed
    // since the folder was read.
    auto changed = checkContent(goesOn, control);
    if (!changed) return fail(changed.error());
    if (!known) state->changed = std::move(*changed);
    if (goesOn && !known) {
        if (const auto same = requireUnchanged(m_dataset, *state); !same) return fail(same.error());
    }
    m_state = std::move(*state);
    m_training = m_dataset.indicesOf(data::Split::Train);
    m_validation = m_dataset.indicesOf(data::Split::Validation);
    if (m_training.empty() || m_validation.empty()) {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT("The run's dataset.json names no image to train on, or none to validate on: it was "
                       "edited. Start the run anew."));
    }
    noteLearntByRun();
    return {};
}

Result<std::vector<std::string>> RunImages::checkContent(bool goesOn, runtime::RunControl& control) {
    const auto changes = data::updateHashes(m_dataset, &control);
    // Who resumes and stops at once gets a run that was stopped.
    if (!changes && goesOn && changes.error().code == ErrorCode::Cancelled) return std::vector<std::string>();
    if (!changes) return fail(changes.error());
    std::vector<std::string> changed;
    for (const data::HashChange& change : changes->changed) {
        data::Sample& sample = m_dataset.samples[change.sample];
        changed.push_back(sample.path);
        // The epochs before have learnt it.
        if (goesOn) m_listChanged = sample.learnt(change.before) || m_listChanged;
    }
    for (const data::HashChange& change : changes->unreadable)
        m_unreadable[change.sample] = change.before;
    return changed;
}

data::DatasetIndex RunImages::list() const {
    data::DatasetIndex list = m_dataset;
    for (const auto& [index, sha256] : m_unreadable)
        list.samples[index].sha256 = sha256;
    return list;
}

// Where pictures have changed places since the folder was read, some are validated on that the run has learnt
// or is to learn. The scan leaves no such pair.
void RunImages::noteLearntByRun() {
    std::set<std::string> learnt;
    for (const std::size_t index : m_training) {
        const data::Sample& sample = m_dataset.samples[index];
        learnt.insert(sample.sha256);
        learnt.insert(sample.otherSha256.begin(), sample.otherSha256.end());
    }
    for (const std::size_t index : m_validation) {
        const data::Sample& sample = m_dataset.samples[index];
        if (learnt.contains(sample.sha256)) m_learnt.insert(sample.path);
    }
    if (m_learnt.empty()) return;
    m_notices.emplace_back(
        GRAFT_TEXT(
            "{1} of the {2} validation images hold pictures now that the run is trained on: the figures "
            "are better than they will be on new images. Put the files back as they were."),
        m_learnt.size(), m_validation.size());
}

ImageLoss RunImages::trainingLoss() const {
    std::vector<int> labels(m_dataset.samples.size(), ImageLoss::kNoPart);
    for (const std::size_t sample : m_training)
        labels[sample] = m_dataset.samples[sample].classIndex;
    return ImageLoss(std::move(labels));
}

void RunImages::noteLearntBefore(const Learnt& before) {
    if (!before.unknown.empty()) {
        m_notices.emplace_back(
            GRAFT_TEXT(
                "Nothing says which images {1} was trained on: where validation images are among them, "
                "the figures are better than they will be on new images. Begin from the run's folder, "
                "which says it."),
            before.unknown.front());
    }
    std::size_t seen = 0;
    for (const std::size_t index : m_validation) {
        const data::Sample& sample = m_dataset.samples[index];
        if (!before.sha256.contains(sample.sha256)) continue;
        m_learnt.insert(sample.path);
        ++seen;
    }
    if (seen == 0) return;
    m_notices.emplace_back(
        GRAFT_TEXT("{1} of the {2} validation images are among those that the weights were trained on: the "
                   "figures are better than they will be on new images. Keep the split of that run (its seed "
                   "and folder), or begin from other weights."),
        seen, m_validation.size());
}

void RunImages::tell(Listeners listeners) {
    m_listeners = std::move(listeners);
    for (const std::string& path : m_state.missing)
        m_listeners.log(path + ": is not there any more; left out");
    for (const std::string& path : m_state.changed)
        m_listeners.log(path + ": has changed since the folder was read");
    for (const std::string& path : m_state.moved)
        m_listeners.log(path + ": found by its content under another path");
    for (const Message& notice : noticesOf(m_state))
        m_listeners.person(notice);
    for (const Message& notice : std::exchange(m_notices, {})) {
        m_listeners.log(notice.english());
        m_listeners.person(notice);
    }
}

void RunImages::noteLost(ImageLoss& loss, std::size_t image, const std::string& path, const Error& why,
                         data::Split split, int epoch) {
    loss.add(image, path, why.message);
    m_listeners.log(fmt::format("{}: can no longer be read; left out. {}", path, why.message.english()));
    if (loss.count() > kNamed) return;
    const char* sentence =
        split == data::Split::Train
            ? GRAFT_TEXT("{1}: this training image can no longer be read; epoch {2} does without it. {3}")
            : GRAFT_TEXT("{1}: this validation image can no longer be read; epoch {2} does without it. {3}");
    m_listeners.person({sentence, path, epoch, why.message});
}

void RunImages::noteReplaced(std::size_t sample, const std::string& sha256, data::Split split) {
    const auto away = m_unreadable.find(sample);
    if (away != m_unreadable.end() && away->second == sha256) return;  // it has come back
    data::Sample& image = m_dataset.samples[sample];
    const bool isTrainedOn = split == data::Split::Train;
    if (isTrainedOn) m_listChanged = image.learnt(sha256) || m_listChanged;
    const std::string path = m_dataset.absolutePath(image);
    if (!m_replaced.insert(path).second) return;
    const Message message(
        isTrainedOn
            ? GRAFT_TEXT("{1}: this training image was replaced while the run went on; from here on the "
                         "new one counts.")
            : GRAFT_TEXT("{1}: this validation image was replaced while the run went on; from here on "
                         "the new one counts."),
        path);
    m_listeners.log(message.english());
    if (m_replaced.size() <= kNamed) m_listeners.person(message);
}

}  // namespace graft::training
