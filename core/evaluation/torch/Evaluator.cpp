// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/Evaluator.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "core/base/detail/Quoted.h"
#include "core/base/torch/TorchErrors.h"
#include "core/data/FolderScanner.h"
#include "core/data/detail/NameLooks.h"
#include "core/inference/detail/Views.h"
#include "core/inference/torch/FastForward.h"
#include "core/inference/torch/ImageStream.h"
#include "core/inference/torch/LoadedModel.h"
#include "core/training/detail/TrainedOn.h"

namespace graft::evaluation {

namespace {

// Of a relative path, the outermost first.
std::set<std::string> foldersAbove(const std::string& path) {
    std::set<std::string> folders;
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        folders.insert(path.substr(0, slash));
    return folders;
}

// The images to score, and why the others are not.
class Selection {
  public:
    Selection(const data::DatasetIndex& dataset, const training::Learnt& learnt,
              const EvaluateOptions& options)
        : m_dataset(dataset), m_unknown(learnt.unknown) {
        chooseSplit(options.everything);
        for (const data::Sample& sample : dataset.samples) {
            if (m_split && sample.split != *m_split) continue;
            const bool wasTrainedOn = learnt.sha256.contains(sample.sha256);
            if (wasTrainedOn && !options.everything) {
                m_unscored.push_back(
                    {sample.path, "trained_on", GRAFT_TEXT("The model was trained on this picture.")});
            } else {
                m_samples.push_back(&sample);
                m_trainedToo += wasTrainedOn ? 1 : 0;
            }
        }
        if (m_split) leaveOutOtherSplits(*m_split);
        for (const data::Problem& problem : dataset.problems) {
            if (!problem.leftOut) continue;
            const std::size_t files = problem.code == data::ProblemCode::EmptyClass ? 0 : 1;
            m_unscored.push_back(
                {problem.path, std::string(data::problemCodeName(problem.code)), problem.message, files});
        }
        for (const data::PassedOver& entry : dataset.unused) {
            m_unscored.push_back({entry.path, std::string(data::passedOverReasonName(entry.reason)),
                                  entry.message, entry.files});
        }
    }

    const std::vector<const data::Sample*>& samples() const { return m_samples; }

    void describe(Evaluation& evaluation) {
        evaluation.scored = m_name;
        if (m_unknown.empty()) {
            evaluation.trainedOn = m_trainedToo;
        } else {
            evaluation.trainedOn.reset();
            evaluation.trainedOnUnknown = m_unknown;
        }
        evaluation.unscored.insert(evaluation.unscored.end(), m_unscored.begin(), m_unscored.end());
    }

    std::size_t trainedOnCount() const {
        return static_cast<std::size_t>(std::ranges::count(m_unscored, "trained_on", &Unscored::reason));
    }

  private:
    void chooseSplit(bool everything) {
        if (everything) return;
        if (m_dataset.countOf(data::Split::Test) > 0) {
            m_split = data::Split::Test;
        } else if (m_dataset.splitByFolders) {
            m_split = data::Split::Validation;
        }
        if (m_split) m_name = data::splitName(*m_split);
    }

    // Each picture under the outermost folder that holds none of the scored split: the scan may have split a
    // training folder, and a split has many names.
    void leaveOutOtherSplits(data::Split scored) {
        std::set<std::string> foldersOfScored;
        std::map<std::string, std::size_t> files;
        for (const data::Sample& sample : m_dataset.samples) {
            if (sample.split == scored) foldersOfScored.merge(foldersAbove(sample.path));
        }
        for (const data::Sample& sample : m_dataset.samples) {
            if (sample.split == scored) continue;
            const auto above = foldersAbove(sample.path);
            const auto apart = std::ranges::find_if(
                above, [&](const std::string& folder) { return !foldersOfScored.contains(folder); });
            ++files[apart == above.end() ? sample.path : *apart];
        }
        for (const auto& [path, count] : files)
            m_unscored.push_back(
                {path, "other_split", {GRAFT_TEXT("Only the {1} images are scored."), m_name}, count});
    }

    const data::DatasetIndex& m_dataset;
    std::optional<data::Split> m_split;  // empty: all of them
    std::string m_name = "all";
    std::vector<const data::Sample*> m_samples;
    std::vector<Unscored> m_unscored;
    std::size_t m_trainedToo = 0;
    std::vector<std::string> m_unknown;
};

// As many whole names as a sentence holds.
Message listOf(const std::vector<std::string>& names) {
    constexpr std::size_t kMostBytes = 300;
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = base::printable(names[i]);
        if (i > 0 && text.size() + name.size() > kMostBytes)
            return {GRAFT_TEXT("{1} and {2} more"), text, names.size() - i};
        text += (i > 0 ? ", " : "") + name;
    }
    return Message::words(text);
}

Result<int> classOf(const std::string& name, const std::vector<std::string>& classes,
                    const std::string& folder) {
    const auto found = std::ranges::find(classes, name);
    if (found != classes.end()) return static_cast<int>(found - classes.begin());
    std::vector<std::string> alike;
    std::vector<std::string> others;
    std::ranges::partition_copy(
        classes, std::back_inserter(alike), std::back_inserter(others),
        [looks = data::looksOf(name)](const std::string& label) { return data::looksOf(label) == looks; });
    const std::string unknown = base::inQuotes(name);
    if (alike.size() != 1) {
        return fail(
            ErrorCode::NotFound,
            {GRAFT_TEXT("The model does not know the class {1}; its classes are {2}. Rename the folder, or "
                        "take it out."),
             unknown, listOf(classes)},
            folder);
    }
    const std::string known = base::inQuotes(alike.front());
    const auto difference = data::differenceBetween(name, alike.front());
    if (others.empty()) {
        return fail(
            ErrorCode::NotFound,
            {GRAFT_TEXT(
                 "The model does not know the class {1}; its class {2} differs from it in {3}. Give the "
                 "folder that name, or take it out."),
             unknown, known, difference},
            folder);
    }
    return fail(
        ErrorCode::NotFound,
        {GRAFT_TEXT("The model does not know the class {1}; its class {2} differs from it in {3}. Give the "
                    "folder that name, or take it out. The model's other classes are {4}."),
         unknown, known, difference, listOf(others)},
        folder);
}

Result<Evaluation> evaluate(const std::string& modelPath, const std::string& folder,
                            const EvaluateOptions& options, const Progress& progress,
                            runtime::RunControl& control) {
    const auto model = inference::loadModel(modelPath, options.device);
    if (!model) return fail(model.error());
    const auto views = inference::viewsOf(modelPath, options.views);
    if (!views) return fail(views.error());
    const auto trained = training::learntBy(modelPath);
    if (!trained) return fail(trained.error());
    data::ScanOptions scan;
    scan.forTraining = false;
    const auto dataset = data::scanFolder(folder, scan, {}, &control, false);
    if (!dataset) return fail(dataset.error());

    Selection selection(*dataset, *trained, options);
    if (selection.samples().empty()) {
        if (selection.trainedOnCount() > 0) {
            return fail(
                ErrorCode::NotFound,
                GRAFT_TEXT(
                    "The model was trained on every picture that would be scored; give it others, or score "
                    "them all the same with --all."),
                folder);
        }
        return fail(
            ErrorCode::NotFound,
            GRAFT_TEXT("The folder has no usable images; put the images of each class into a folder named "
                       "like the class."),
            folder);
    }
    std::vector<std::string> images;
    std::vector<int> truths;
    for (const data::Sample* sample : selection.samples()) {
        const auto truth = classOf(dataset->classes[static_cast<std::size_t>(sample->classIndex)],
                                   model->sidecar.classes, folder);
        if (!truth) return fail(truth.error());
        images.push_back(dataset->absolutePath(*sample));
        truths.push_back(*truth);
    }

    const inference::FastForward forward(*model);
    inference::StreamOptions stream;
    stream.preprocess = model->sidecar.preprocess;
    stream.device = model->device;
    stream.width = model->sidecar.classes.size();
    stream.views = *views;
    Scorer scorer(model->sidecar.classes, model->sidecar.outputs, Scorer::Keep::Figures);
    std::vector<Unscored> unread;
    std::string notFinite;
    const bool whole = inference::streamImages(
        images, stream, [&](const at::Tensor& batch) { return forward(batch); },
        [&](const inference::Seen& seen) {
            const data::Sample& sample = *selection.samples()[seen.index];
            if (seen.error != nullptr) {  // it could be read a moment ago
                unread.push_back({sample.path, "unreadable_image", seen.error->message});
            } else if (!std::ranges::all_of(seen.row, [](float value) { return std::isfinite(value); })) {
                notFinite = images[seen.index];
            } else {
                scorer.add(sample.path, truths[seen.index], seen.row);
            }
            if (progress) progress(seen.index + 1, images.size());
            return notFinite.empty();
        },
        control);
    if (!notFinite.empty()) {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT(
                "The model's answer to this picture is no number (nan or infinite): its weights are damaged; "
                "train or export it again."),
            notFinite);
    }
    if (!whole) return fail(ErrorCode::Cancelled, GRAFT_TEXT("The evaluation was stopped."), folder);
    if (scorer.images() == 0) {
        return fail(
            ErrorCode::Unreadable,
            {GRAFT_TEXT(
                 "None of the {1} images can be read any more; was the folder moved, or its disk taken "
                 "away?"),
             images.size()},
            folder);
    }
    Evaluation result = scorer.finish();
    result.views = views->count;
    result.unscored = std::move(unread);
    selection.describe(result);
    return result;
}

}  // namespace

Result<Evaluation> evaluateFolder(const std::string& model, const std::string& folder,
                                  const EvaluateOptions& options, const Progress& progress,
                                  runtime::RunControl& control) {
    return base::guardTorch([&] { return evaluate(model, folder, options, progress, control); });
}

}  // namespace graft::evaluation
