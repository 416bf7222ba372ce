// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/TryPanel.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

#include "core/data/ImageDecoder.h"
#include "core/data/ImageListing.h"
#include "ui/export/DropZone.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/ThumbnailGrid.h"

namespace graft::ui {

namespace {

constexpr int kDropWidth = 176;
constexpr int kNarrowestDetail = 300;
constexpr int kWidestDetail = 400;
constexpr int kTile = 92;
// A folder of any size may be dropped; this many are enough to get an impression.
constexpr int kMostImages = 500;

struct Found {
    QStringList images;
    bool more = false;
    std::vector<data::PassedOverGroup> passedOver;
};

Found findImages(const QStringList& paths, runtime::RunControl& control) {
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
    found.passedOver = data::groupPassedOver(passedOver);
    found.more = found.images.size() > kMostImages;
    found.images = found.images.mid(0, kMostImages);
    return found;
}

}  // namespace

// Opened by the worker that needs it first. One worker at a time: the lock is for the hand-over.
struct TryPanel::Model {
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

TryPanel::TryPanel(UserPrompts& prompts, QWidget* parent) : QWidget(parent), m_prompts(prompts) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_card = new Card(tr("Try it"), this);
    m_card->header()->addStretch(1);
    m_clear = new Pill(tr("clear"), PillKind::Neutral, m_card);
    m_clear->setClickable(true);
    m_card->header()->addWidget(m_clear);
    connect(m_clear, &Pill::clicked, this, &TryPanel::clear);
    layout->addWidget(m_card);

    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    m_drop = new DropZone(tr("Drop pictures or a folder here, or click to choose"), m_card);
    m_drop->setObjectName(QStringLiteral("tryDrop"));
    m_drop->setFixedWidth(kDropWidth);
    m_drop->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(m_drop, &DropZone::clicked, this, &TryPanel::choose);
    row->addWidget(m_drop);
    m_images = new ThumbnailGrid(m_card);
    m_images->setObjectName(QStringLiteral("tryImages"));
    m_images->setTileSize(kTile);
    row->addWidget(m_images, 3);
    m_detail = new PredictionView(m_card);
    m_detail->setObjectName(QStringLiteral("tryDetail"));
    m_detail->setMinimumWidth(kNarrowestDetail);
    m_detail->setMaximumWidth(kWidestDetail);
    row->addWidget(m_detail, 2);
    m_error = new InlineError(m_card);
    m_card->body()->addWidget(m_error);
    m_card->body()->addLayout(row, 1);

    connect(m_images->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid()) {
                    showImage(current.row() * m_images->model()->columnCount() + current.column());
                }
            });
    setAcceptDrops(true);
    setRun({});
}

void TryPanel::setRun(const QString& runFolder) {
    m_runFolder = runFolder;
    m_drop->setEnabled(!runFolder.isEmpty());
    clear();
}

void TryPanel::clear() {
    // A worker that is still asking keeps the old model alive; its answer is dropped.
    m_model = std::make_shared<Model>();
    m_model->run = m_runFolder.toStdString();
    m_asking = false;
    m_paths.clear();
    m_answers.clear();
    m_images->setEmptyText(m_runFolder.isEmpty() ? tr("A trained model can be tried here on new pictures.")
                                                 : tr("The answers appear here."));
    m_images->setImages({});
    m_detail->clear();
    m_error->showError({});
    m_card->setHint({});
    m_clear->hide();
}

TryPanel::~TryPanel() {
    if (m_listing) m_listing->stop();
}

void TryPanel::choose() {
    QStringList patterns;
    for (const std::string& ending : data::readableEndings())
        patterns.append('*' + QString::fromStdString(ending));
    m_prompts.chooseFiles(
        this, tr("Choose pictures"), m_lastFolder,
        tr("Pictures (%1)").arg(patterns.join(' ')) + QStringLiteral(";;") + tr("All files (*)"),
        [guard = QPointer<TryPanel>(this)](const QStringList& paths) {
            if (guard) guard->tryPaths(paths);
        });
}

void TryPanel::tryPaths(const QStringList& paths) {
    if (m_runFolder.isEmpty() || paths.isEmpty()) return;
    m_lastFolder = QFileInfo(paths.first()).absolutePath();
    if (m_listing) m_listing->stop();
    m_listing = std::make_shared<runtime::RunControl>();
    runInBackground(
        this, [paths, listing = m_listing]() -> Result<Found> { return findImages(paths, *listing); },
        [this, model = m_model, number = ++m_asked](const Result<Found>& found) {
            if (model != m_model || number != m_asked) return;  // something else was dropped meanwhile
            if (!found) return m_error->showError(ErrorText::describe(found.error()));
            QStringList notes;
            if (found->more) notes.append(tr("Only the first %1 pictures are shown.").arg(kMostImages));
            for (const data::PassedOverGroup& group : found->passedOver) {
                notes.append(tr("Passed over, %n file(s): %1", nullptr, static_cast<int>(group.files))
                                 .arg(text(group.message)));
            }
            addImages(found->images, notes.join(u' '));
        });
}

void TryPanel::addImages(const QStringList& images, const QString& note) {
    if (images.isEmpty()) {
        m_error->showError(
            tr("There is no picture in it that Graft can read. Drop pictures, or a folder of pictures.") +
            (note.isEmpty() ? note : u' ' + note));
        return;
    }
    m_error->showError(note);
    // New pictures take the place of the old ones.
    m_paths = images;
    m_answers.assign(static_cast<std::size_t>(images.size()), nullptr);
    std::vector<ThumbnailItem> items;
    items.reserve(m_answers.size());
    for (const QString& path : images)
        items.push_back({path, QStringLiteral("…"), path});
    m_images->setImages(std::move(items));
    m_card->setHint(images.size() == 1 ? tr("1 picture") : tr("%1 pictures").arg(images.size()));
    m_clear->show();
    m_detail->clear();
    m_images->setCurrentIndex(m_images->model()->index(0, 0));
    if (!m_asking) predictNext();
}

void TryPanel::predictNext() {
    const auto next = std::find(m_answers.begin(), m_answers.end(), nullptr);
    m_asking = next != m_answers.end();
    if (!m_asking) return;
    const int index = static_cast<int>(next - m_answers.begin());
    const QString path = m_paths[index];
    runInBackground(
        this, [model = m_model, path] { return model->ask(path.toStdString()); },
        [this, model = m_model, index, path](Result<Answer> answer) {
            if (model != m_model) return;
            if (m_paths.value(index) == path) take(index, std::move(answer));
            predictNext();
        });
}

void TryPanel::take(int index, Result<Answer> answer) {
    const auto shared = std::make_shared<const Result<Answer>>(std::move(answer));
    m_answers[static_cast<std::size_t>(index)] = shared;
    if (*shared && !(*shared)->classes.empty()) {
        const inference::ClassProbability& best = (*shared)->classes.front();
        const QString caption =
            tr("%1 %2 %").arg(QString::fromStdString(best.name)).arg(best.probability * 100.0, 0, 'f', 0);
        m_images->setCaption(index, caption, m_paths[index] + '\n' + caption);
    } else {
        m_images->setCaption(index, tr("no answer"), m_paths[index]);
    }
    const QModelIndex current = m_images->currentIndex();
    const int shown =
        current.isValid() ? current.row() * m_images->model()->columnCount() + current.column() : 0;
    if (shown == index) showImage(index);
}

void TryPanel::showImage(int index) {
    if (index < 0 || index >= static_cast<int>(m_answers.size())) return;
    const auto& asked = m_answers[static_cast<std::size_t>(index)];
    const QString path = m_paths[index];
    const QString name = QFileInfo(path).fileName();
    if (!asked) return m_detail->showPrediction(path, name, tr("being asked…"), {});
    const Result<Answer>& answer = *asked;
    if (!answer) return m_detail->showPrediction(path, name, ErrorText::describe(answer.error()), {});
    std::vector<ProbabilityEntry> entries;
    for (const inference::ClassProbability& entry : answer->classes) {
        entries.push_back({QString::fromStdString(entry.name), entry.probability, false});
    }
    m_detail->showPrediction(path, name, tr("%1 ms on this machine").arg(answer->milliseconds, 0, 'f', 0),
                             std::move(entries));
}

void TryPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (m_runFolder.isEmpty() || !event->mimeData()->hasUrls()) return;
    event->acceptProposedAction();
    m_drop->setHighlighted(true);
}

void TryPanel::dragLeaveEvent(QDragLeaveEvent* /*event*/) {
    m_drop->setHighlighted(false);
}

void TryPanel::dropEvent(QDropEvent* event) {
    m_drop->setHighlighted(false);
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) paths.append(url.toLocalFile());
    }
    event->acceptProposedAction();
    tryPaths(paths);
}

}  // namespace graft::ui
