// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/NetworkMeasure.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "core/backbones/ModelSummary.h"
#include "core/settings/TrainConfig.h"
#include "core/training/HeadOutputs.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {
constexpr int kImageNetClasses = 1000;
}  // namespace

NetworkMeasure::NetworkMeasure(Project& project) : QObject(&project), m_project(project) {
    connect(&project, &Project::configChanged, this, &NetworkMeasure::measure);
    connect(&project, &Project::datasetChanged, this, &NetworkMeasure::measure);
    measure();
}

int NetworkMeasure::classCount() const {
    const auto dataset = m_project.dataset();
    if (dataset && dataset->classes.size() >= 2) return static_cast<int>(dataset->classes.size());
    // Without data as published; while it is read again the classes are most likely the same.
    return !m_project.folder().isEmpty() && m_measured.classes > 0 ? m_measured.classes : kImageNetClasses;
}

void NetworkMeasure::measure() {
    const settings::TrainConfig& config = m_project.config();
    const Measurement wanted{QString::fromStdString(config.backbone), config.preprocess.cropSize,
                             classCount(), config.loss.kind};
    if (wanted == m_running) return;
    const bool isShown = m_project.summary() || m_failure;
    if (m_running == Measurement() && wanted == m_measured && isShown) return;
    const bool busy = m_running != Measurement();
    m_running = wanted;
    if (busy) return;  // one at a time; the answer in hand starts the next
    struct Measured {
        backbones::ModelSummary summary;
        int outputs = 0;
    };
    runInBackground(
        this,
        [wanted, config]() -> Result<Measured> {
            const auto outputs =
                static_cast<int>(training::outputsOf(config).count(static_cast<std::size_t>(wanted.classes)));
            auto summary = backbones::summarize(wanted.backbone.toStdString(), wanted.inputSize, outputs);
            if (!summary) return fail(summary.error());
            return Measured{std::move(*summary), outputs};
        },
        [this, wanted](Result<Measured> measured) {
            const bool current = std::exchange(m_running, Measurement()) == wanted;
            if (!current) return measure();
            m_measured = wanted;
            m_outputs = measured ? measured->outputs : 0;
            m_failure.reset();
            if (!measured) m_failure = measured.error();
            m_project.setSummary(
                measured ? std::make_shared<const backbones::ModelSummary>(std::move(measured->summary))
                         : nullptr);
        });
}

}  // namespace graft::ui
