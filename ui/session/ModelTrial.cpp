// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ModelTrial.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>

#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

// Opened by the worker that needs it first. One worker at a time: the lock is for the hand-over.
struct ModelTrial::Model {
    std::mutex mutex;
    std::string run;
    std::optional<Result<inference::Predictor>> predictor;

    Result<Answer> ask(const std::string& image) {
        const std::lock_guard lock(mutex);
        if (!predictor) predictor.emplace(inference::Predictor::open(run));
        if (!*predictor) return fail(predictor->error());
        QElapsedTimer timer;
        timer.start();
        auto classes = (*predictor)->predict(image);
        if (!classes) return fail(classes.error());
        return Answer{std::move(*classes), double(timer.nsecsElapsed()) / 1e6};
    }
};

ModelTrial::ModelTrial(Project& project) : QObject(&project) {
    clear();
}

ModelTrial::~ModelTrial() {
    if (m_listing) m_listing->stop();
}

void ModelTrial::setModel(const QString& runFolder, const QDateTime& written) {
    if (runFolder == m_runFolder && written == m_written) return;
    m_runFolder = runFolder;
    m_written = written;
    clear();
}

void ModelTrial::clear() {
    // A worker that is still asking keeps the old model alive; its answer is dropped.
    m_model = std::make_shared<Model>();
    m_model->run = m_runFolder.toStdString();
    m_asking = false;
    m_images.clear();
    m_answers.clear();
    m_chosen = 0;
    m_remark = Remark();
    emit imagesChanged();
    emit remarkChanged();
}

std::shared_ptr<const Result<ModelTrial::Answer>> ModelTrial::answer(int index) const {
    return m_answers.at(static_cast<std::size_t>(index));
}

ModelTrial::Found ModelTrial::find(const QStringList& paths, runtime::RunControl& control) {
    Found found;
    std::vector<data::PassedOver> passedOver;
    for (const QString& path : paths) {
        if (!QFileInfo(path).isDir()) {
            found.images.append(path);
            continue;
        }
        data::ImageListing listing = data::listImages(path.toStdString(), &control);
        for (const std::string& image : listing.images)
            found.images.append(QString::fromStdString(image));
        std::ranges::move(listing.passedOver, std::back_inserter(passedOver));
    }
    found.remark.passedOver = data::groupPassedOver(passedOver);
    found.remark.isCut = found.images.size() > kMostImages;
    found.remark.isEmpty = found.images.isEmpty();
    found.images = found.images.mid(0, kMostImages);
    return found;
}

void ModelTrial::tryPaths(const QStringList& paths) {
    if (m_runFolder.isEmpty() || paths.isEmpty()) return;
    m_lastFolder = QFileInfo(paths.first()).absolutePath();
    if (m_listing) m_listing->stop();
    m_listing = std::make_shared<runtime::RunControl>();
    runInBackground(
        this, [paths, listing = m_listing]() -> Result<Found> { return find(paths, *listing); },
        [this, model = m_model, number = ++m_asked](const Result<Found>& found) {
            if (model == m_model && number == m_asked) take(found);  // nothing else was given meanwhile
        });
}

// What has no picture leaves those before.
void ModelTrial::take(const Result<Found>& found) {
    m_remark = found ? found->remark : Remark();
    if (!found) m_remark.failure = found.error();
    emit remarkChanged();
    if (!found || found->images.isEmpty()) return;
    m_images = found->images;
    m_answers.assign(static_cast<std::size_t>(m_images.size()), nullptr);
    m_chosen = 0;
    emit imagesChanged();
    if (!m_asking) askNext();
}

void ModelTrial::askNext() {
    const auto next = std::find(m_answers.begin(), m_answers.end(), nullptr);
    m_asking = next != m_answers.end();
    if (!m_asking) return;
    const int index = static_cast<int>(next - m_answers.begin());
    const QString path = m_images[index];
    runInBackground(
        this, [model = m_model, path] { return model->ask(path.toStdString()); },
        [this, model = m_model, index, path](Result<Answer> answer) {
            if (model != m_model) return;
            if (m_images.value(index) == path) {
                m_answers[static_cast<std::size_t>(index)] =
                    std::make_shared<const Result<Answer>>(std::move(answer));
                emit answered(index);
            }
            askNext();
        });
}

}  // namespace graft::ui
