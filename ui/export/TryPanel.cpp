// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/TryPanel.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QMimeData>
#include <QPointer>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>
#include <cstddef>
#include <utility>

#include "core/data/ImageDecoder.h"
#include "core/data/ImageListing.h"
#include "ui/export/DropZone.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/MessageText.h"
#include "ui/session/ModelTrial.h"
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

}  // namespace

TryPanel::TryPanel(ModelTrial& trial, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent), m_trial(trial), m_prompts(prompts) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_card = new Card(tr("Try it"), this);
    m_card->header()->addStretch(1);
    m_clear = new Pill(tr("clear"), PillKind::Neutral, m_card);
    m_clear->setClickable(true);
    m_card->header()->addWidget(m_clear);
    connect(m_clear, &Pill::clicked, &m_trial, &ModelTrial::clear);
    layout->addWidget(m_card);

    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    row->addWidget(buildGiving());
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
    connect(&m_trial, &ModelTrial::imagesChanged, this, &TryPanel::showImages);
    connect(&m_trial, &ModelTrial::remarkChanged, this, &TryPanel::showRemark);
    connect(&m_trial, &ModelTrial::answered, this, &TryPanel::showAnswer);
    setAcceptDrops(true);
    showImages();
    showRemark();
}

QWidget* TryPanel::buildGiving() {
    auto* giving = new QWidget(m_card);
    giving->setFixedWidth(kDropWidth);
    auto* column = new QVBoxLayout(giving);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    m_drop = new DropZone(tr("Drop pictures or a folder here, or click to choose"), giving);
    m_drop->setObjectName(QStringLiteral("tryDrop"));
    m_drop->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_folder = new QPushButton(tr("Choose a folder\u2026"), giving);
    m_folder->setObjectName(QStringLiteral("tryFolder"));
    m_folder->setProperty("small", true);
    connect(m_drop, &DropZone::clicked, this, &TryPanel::choose);
    connect(m_folder, &QPushButton::clicked, this, &TryPanel::chooseFolder);
    column->addWidget(m_drop, 1);
    column->addWidget(m_folder);
    return giving;
}

void TryPanel::chooseFolder() {
    m_prompts.chooseFolder(this, tr("Choose a folder of pictures"), m_trial.lastFolder(),
                           [guard = QPointer<ModelTrial>(&m_trial)](const QString& folder) {
                               if (guard) guard->tryPaths({folder});
                           });
}

void TryPanel::choose() {
    QStringList patterns;
    for (const std::string& ending : data::readableEndings())
        patterns.append('*' + QString::fromStdString(ending));
    m_prompts.chooseFiles(
        this, tr("Choose pictures"), m_trial.lastFolder(),
        tr("Pictures (%1)").arg(patterns.join(' ')) + QStringLiteral(";;") + tr("All files (*)"),
        [guard = QPointer<ModelTrial>(&m_trial)](const QStringList& paths) {
            if (guard) guard->tryPaths(paths);
        });
}

void TryPanel::showRemark() {
    const ModelTrial::Remark& remark = m_trial.remark();
    QStringList sentences;
    if (remark.failure) sentences.append(ErrorText::describe(*remark.failure));
    if (remark.isEmpty) {
        sentences.append(
            tr("There is no picture in it that Graft can read. Drop pictures, or a folder of pictures."));
    }
    if (remark.isCut)
        sentences.append(tr("Only the first %1 pictures are shown.").arg(ModelTrial::kMostImages));
    for (const data::PassedOverGroup& group : remark.passedOver) {
        sentences.append(
            group.files == 1
                ? tr("Passed over, 1 file: %1").arg(text(group.message))
                : tr("Passed over, %1 files: %2").arg(FigureText::count(group.files), text(group.message)));
    }
    m_error->showError(sentences.join(u' '));
}

void TryPanel::showImages() {
    const bool hasModel = !m_trial.runFolder().isEmpty();
    const QStringList& images = m_trial.images();
    m_drop->setEnabled(hasModel);
    m_folder->setEnabled(hasModel);
    m_images->setEmptyText(hasModel ? tr("The answers appear here.")
                                    : tr("A trained model can be tried here on new pictures."));
    const int chosen = m_trial.chosen();  // the list's own current one comes and goes
    std::vector<ThumbnailItem> items;
    items.reserve(static_cast<std::size_t>(images.size()));
    for (int index = 0; index < images.size(); ++index)
        items.push_back({images[index], captionOf(index), tooltipOf(index)});
    m_images->setImages(std::move(items));
    m_card->setHint(images.isEmpty()     ? QString()
                    : images.size() == 1 ? tr("1 picture")
                                         : tr("%1 pictures").arg(images.size()));
    m_clear->setVisible(!images.isEmpty());
    m_detail->clear();
    if (images.isEmpty()) return;
    const int columns = m_images->model()->columnCount();
    m_images->setCurrentIndex(m_images->model()->index(chosen / columns, chosen % columns));
    showImage(chosen);
}

QString TryPanel::captionOf(int index) const {
    const auto asked = m_trial.answer(index);
    if (!asked) return QStringLiteral("…");
    if (!*asked || (*asked)->classes.empty()) return tr("no answer");
    const inference::ClassProbability& best = (*asked)->classes.front();
    return QString::fromStdString(best.name) + QLatin1Char(' ') + FigureText::percent(best.probability);
}

QString TryPanel::tooltipOf(int index) const {
    const QString& path = m_trial.images()[index];
    const auto asked = m_trial.answer(index);
    const bool isAnswered = asked && *asked && !(*asked)->classes.empty();
    return isAnswered ? path + '\n' + captionOf(index) : path;
}

void TryPanel::showAnswer(int index) {
    m_images->setCaption(index, captionOf(index), tooltipOf(index));
    if (index == m_trial.chosen()) showImage(index);
}

void TryPanel::showImage(int index) {
    if (index < 0 || index >= m_trial.images().size()) return;
    m_trial.choose(index);
    const auto asked = m_trial.answer(index);
    const QString path = m_trial.images()[index];
    const QString name = QFileInfo(path).fileName();
    if (!asked) return m_detail->showPrediction(path, name, tr("being asked…"), {});
    const Result<ModelTrial::Answer>& answer = *asked;
    if (!answer) return m_detail->showPrediction(path, name, ErrorText::describe(answer.error()), {});
    std::vector<ProbabilityEntry> entries;
    for (const inference::ClassProbability& entry : answer->classes) {
        entries.push_back({QString::fromStdString(entry.name), entry.probability, false});
    }
    m_detail->showPrediction(path, name, tr("%1 ms on this machine").arg(answer->milliseconds, 0, 'f', 0),
                             std::move(entries));
}

void TryPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (m_trial.runFolder().isEmpty() || !event->mimeData()->hasUrls()) return;
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
    m_trial.tryPaths(paths);
}

}  // namespace graft::ui
