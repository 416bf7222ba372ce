// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/NetworkPicture.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/data/AugmentPreview.h"
#include "core/settings/TrainConfig.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {

// Which of `count` images is the number-th: each once, with steps that lead to other classes.
std::size_t placeOf(int number, std::size_t count) {
    auto step = static_cast<std::size_t>(static_cast<double>(count) * 0.618) + 1;
    while (std::gcd(step, count) != 1)
        ++step;
    return static_cast<std::size_t>(number) % count * step % count;
}

}  // namespace

NetworkPicture::NetworkPicture(Project& project) : QObject(&project), m_project(project) {
    connect(&project, &Project::datasetChanged, this, &NetworkPicture::follow);
    connect(&project, &Project::configChanged, this, &NetworkPicture::follow);
    connect(&project, &Project::summaryChanged, this, &NetworkPicture::follow);
    follow();
}

NetworkPicture::~NetworkPicture() {
    if (m_control) m_control->stop();
}

void NetworkPicture::takeAnother() {
    ++m_number;
    follow();
}

void NetworkPicture::lookAt(const QString& stage) {
    if (stage == m_stage) return;
    m_stage = stage;
    follow();
    emit changed();
}

void NetworkPicture::setWanted(bool wanted) {
    if (wanted == m_isWanted) return;
    m_isWanted = wanted;
    follow();
    emit changed();
}

void NetworkPicture::follow() {
    if (m_source.dataset != m_project.dataset()) {
        const bool hadPicture = m_picture != nullptr;
        m_picture.reset();
        m_file.clear();
        m_path.clear();
        m_failure.reset();
        m_source = {};
        if (hadPicture) emit changed();
    }
    if (const auto summary = m_project.summary(); summary && !m_stage.isEmpty()) {
        const bool hasStage = std::ranges::any_of(
            summary->units, [&](const auto& unit) { return unit.stage == m_stage.toStdString(); });
        if (!hasStage) {
            m_stage.clear();
            emit changed();
        }
    }
    feed();
    look();
}

Result<NetworkPicture::Fed> NetworkPicture::fedOf(const Source& source) {
    const auto& samples = source.dataset->samples;
    if (samples.empty()) return Fed{};
    const std::string path = source.dataset->absolutePath(samples[placeOf(source.number, samples.size())]);
    auto image = data::pictureAsFed(path, source.preprocess);
    if (!image) return fail(image.error());
    return Fed{std::make_shared<const base::Image>(std::move(*image)), path};
}

void NetworkPicture::feed() {
    const Source wanted{m_project.dataset(), m_project.config().preprocess, m_number};
    if (!wanted.dataset || wanted == m_source || m_isFeeding) return;
    if (!data::validate(wanted.preprocess)) return;  // said beside the setting
    m_source = wanted;
    m_isFeeding = true;
    runInBackground(
        thumbnailPool(), this, [wanted] { return fedOf(wanted); },
        [this, wanted](Result<Fed> fed) {
            m_isFeeding = false;
            if (m_source == wanted) {
                m_failure.reset();
                if (!fed) m_failure = fed.error();
                m_picture = fed ? fed->image : nullptr;
                m_path = fed ? fed->path : std::string();
                const std::string root = wanted.dataset->root + "/";
                m_file =
                    QString::fromStdString(m_path.starts_with(root) ? m_path.substr(root.size()) : m_path);
                emit changed();
            }
            follow();
        });
}

std::optional<inference::StageViewRequest> NetworkPicture::request() const {
    if (!m_isWanted || m_stage.isEmpty() || !m_picture) return {};
    const settings::TrainConfig& config = m_project.config();
    inference::StageViewRequest request;
    request.backbone = config.backbone;
    request.weightsFile = config.weightsFile;
    request.seed = config.seed;
    request.image = m_path;
    request.preprocess = m_source.preprocess;
    return request;
}

void NetworkPicture::giveUp() {
    if (m_control) m_control->stop();
}

void NetworkPicture::look() {
    const auto wanted = request();
    if (!wanted) return giveUp();
    if (*wanted == m_lookedFor && (m_views || m_failure || m_control)) return;
    if (m_control) return giveUp();  // its answer begins the next
    m_lookedFor = *wanted;
    m_views.reset();
    m_failure.reset();
    m_control = std::make_shared<runtime::RunControl>();
    emit changed();
    runInBackground(
        thumbnailPool(), this,
        [control = m_control, wanted = *wanted] { return inference::viewStages(wanted, *control); },
        [this](Result<std::vector<inference::StageView>> views) {
            const auto control = std::exchange(m_control, nullptr);
            if (!views) {
                m_failure = views.error();
            } else if (!control->isStopRequested()) {
                m_views = std::move(*views);
            } else {
                m_lookedFor = {};
            }
            emit changed();
            look();
        });
}

const inference::StageView* NetworkPicture::view() const {
    const auto wanted = request();
    if (!wanted || !m_views || *wanted != m_lookedFor) return nullptr;
    const auto found = std::ranges::find(*m_views, m_stage.toStdString(), &inference::StageView::stage);
    return found == m_views->end() ? nullptr : &*found;
}

}  // namespace graft::ui
