// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/ResultsPage.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <optional>
#include <utility>

#include "ui/news/EndedRunBar.h"
#include "ui/results/ClassTable.h"
#include "ui/results/ConfusionCard.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/train/LostImagesBar.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/FigureRow.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/ThumbnailGrid.h"

namespace graft::ui {

namespace {
constexpr int kTile = 92;
constexpr int kDetailWidth = 344;

// Of the images of a class.
QString classHint(int count, int wrong) {
    if (count == 0) return FigureText::images(0);
    if (count == 1) return wrong == 0 ? ResultsPage::tr("1 image, right") : ResultsPage::tr("1 image, wrong");
    const QString images = FigureText::images(static_cast<std::size_t>(count));
    if (wrong == 0) return ResultsPage::tr("%1, all right").arg(images);
    if (wrong == count) return ResultsPage::tr("%1, all wrong").arg(images);
    if (wrong == 1) return ResultsPage::tr("%1, the wrong one first").arg(images);
    return ResultsPage::tr("%1, the %2 wrong ones first")
        .arg(images, FigureText::count(static_cast<std::size_t>(wrong)));
}

}  // namespace

ResultsPage::ResultsPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent), m_project(project), m_view(projectPart<KeptViews>(project).results) {
    setObjectName(QStringLiteral("page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 24);
    layout->setSpacing(12);
    m_header = new PageHeader(tr("Results"), this);
    m_next = m_header->addButton(tr("Next: export"), true);
    m_next->setObjectName(QStringLiteral("nextToExport"));
    connect(m_next, &QPushButton::clicked, this, &ResultsPage::nextRequested);
    layout->addWidget(m_header);
    layout->addWidget(new EndedRunBar(m_project, this));
    m_lostImages = new LostImagesBar(m_project, prompts, this);
    m_error = new InlineError(this);
    connect(m_lostImages, &LostImagesBar::failed, m_error, &InlineError::showError);
    layout->addWidget(m_lostImages);
    layout->addWidget(m_error);

    m_stack = new QStackedWidget(this);
    m_empty = new QLabel(m_stack);
    m_empty->setObjectName(QStringLiteral("muted"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    layout->addWidget(m_stack, 1);

    connect(&m_project, &Project::currentRunChanged, this, &ResultsPage::reload);
    // A continued run keeps its folder and gets a new evaluation.
    connect(&m_project, &Project::runsChanged, this, &ResultsPage::reload);
    if (m_view.results && m_view.folder == m_project.currentRun()) {
        showResults(m_view.results, m_view.selection, m_view.image);
    } else {
        m_view.folder.clear();
        showNothing({});
    }
    reload();
}

QWidget* ResultsPage::buildContent() {
    auto* content = new QWidget(m_stack);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);

    auto* figures = new Card({}, content);
    m_figures = new FigureRow(figures);
    m_figures->setObjectName(QStringLiteral("figures"));
    figures->body()->addWidget(m_figures);
    layout->addWidget(figures);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(16);
    m_classesCard = new Card(tr("Classes"), content);
    m_classes = new ClassTable(m_classesCard);
    m_classes->sortByColumn(m_view.sortColumn, m_view.sortOrder);
    connect(m_classes->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            [this](int column, Qt::SortOrder order) {
                m_view.sortColumn = column;
                m_view.sortOrder = order;
            });
    m_classesCard->body()->addWidget(m_classes);
    middle->addWidget(m_classesCard, 1);

    m_confusion = new ConfusionCard(content);
    m_confusion->showPairs(m_view.showsPairs);
    connect(m_confusion, &ConfusionCard::pairsShown, this, [this](bool pairs) { m_view.showsPairs = pairs; });
    middle->addWidget(m_confusion, 1);
    layout->addLayout(middle, 5);
    layout->addWidget(buildImages(), 6);

    connect(m_classes, &ClassTable::classChosen, this, [this](int index) {
        m_confusion->setSelectedCell(std::nullopt);
        select({index, std::nullopt});
    });
    connect(m_confusion, &ConfusionCard::cellChosen, this, [this](int truth, int predicted) {
        m_classes->setSelectedClass(-1);
        select({truth, predicted});
    });
    return content;
}

QWidget* ResultsPage::buildImages() {
    m_imagesCard = new Card({}, m_stack);
    m_imagesCard->setObjectName(QStringLiteral("imagesCard"));
    m_imagesCard->header()->addStretch(1);
    m_allMistakes = new Pill(tr("all mistakes"), PillKind::Neutral, m_imagesCard);
    m_allMistakes->setObjectName(QStringLiteral("allMistakes"));
    m_allMistakes->setClickable(true);
    m_imagesCard->header()->addWidget(m_allMistakes);
    connect(m_allMistakes, &Pill::clicked, this, [this] {
        mark({});
        select({});
    });

    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    m_images = new ThumbnailGrid(m_imagesCard);
    m_images->setObjectName(QStringLiteral("resultImages"));
    m_images->setTileSize(kTile);
    row->addWidget(m_images, 1);
    m_detail = new PredictionView(m_imagesCard);
    m_detail->setObjectName(QStringLiteral("resultDetail"));
    m_detail->setFixedWidth(kDetailWidth);
    row->addWidget(m_detail);
    m_imagesCard->body()->addLayout(row, 1);
    connect(m_images->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) {
                if (!current.isValid()) return;
                showImage(
                    m_images->imagePath(current.row() * m_images->model()->columnCount() + current.column()));
            });
    return m_imagesCard;
}

void ResultsPage::reload() {
    const QString folder = m_project.currentRun();
    if (folder.isEmpty()) {
        m_view.folder.clear();
        return showNothing(
            tr("Nothing to see yet.\nTrain a network, or choose one of the runs on the left."));
    }
    const bool same = folder == m_view.folder;
    const RunResults::Times known = same && m_view.results ? m_view.results->modified : RunResults::Times();
    m_view.folder = folder;
    if (!same) showNothing(tr("The results are being read…"));
    using Read = Result<std::shared_ptr<const RunResults>>;
    runInBackground(
        this,
        [folder, known]() -> Read {
            if (known.first.isValid() && RunResults::modifiedTimes(folder) == known) return Read(nullptr);
            return RunResults::read(folder);
        },
        [this, folder](const Read& read) {
            if (folder != m_view.folder) return;
            if (!read) return showNothing(ErrorText::describe(read.error()));
            if (*read) showResults(*read, {}, {});
        });
}

void ResultsPage::showNothing(const QString& reason) {
    m_view.results.reset();
    m_lostImages->showPictures({}, {});
    m_error->showError({});
    m_empty->setText(reason);
    m_stack->setCurrentWidget(m_empty);
    m_header->setSubtitle(m_view.folder.isEmpty() ? QString() : QFileInfo(m_view.folder).fileName());
    m_next->setEnabled(false);
}

void ResultsPage::showResults(std::shared_ptr<const RunResults> results, const ImageSelection& selection,
                              const QString& image) {
    m_view.results = std::move(results);
    const evaluation::Evaluation& evaluation = m_view.results->evaluation;
    const std::size_t all = m_view.results->validationImages;
    const QString images = evaluation.images < all
                               ? tr("%1 of %2 validation images, the others could not be read")
                                     .arg(FigureText::count(evaluation.images), FigureText::count(all))
                               : FigureText::validationImages(evaluation.images);
    m_header->setSubtitle(QString::fromStdString(m_view.results->run.name) + QStringLiteral(" · ") + images +
                          FigureText::learnt(evaluation.trainedOn));
    m_next->setEnabled(m_view.results->run.hasModel);
    m_lostImages->showPictures(m_view.folder, m_view.results->lostImages);
    m_error->showError({});
    showFigures();
    m_classes->setScores(evaluation.classes);
    QStringList names;
    for (const evaluation::ClassScore& score : evaluation.classes)
        names.append(QString::fromStdString(score.name));
    m_confusion->setMatrix(names, evaluation.confusion, m_view.results->pairs);
    m_stack->setCurrentIndex(1);
    mark(selection);
    select(selection, image);
}

void ResultsPage::mark(const ImageSelection& selection) {
    const bool isCell = selection.truth && selection.predicted;
    std::optional<ConfusionHeatMap::Cell> cell;
    if (isCell) cell = ConfusionHeatMap::Cell{*selection.truth, *selection.predicted};
    m_confusion->setSelectedCell(cell);
    m_classes->setSelectedClass(isCell ? -1 : selection.truth.value_or(-1));
}

void ResultsPage::showFigures() {
    const evaluation::Evaluation& evaluation = m_view.results->evaluation;
    const auto classes = static_cast<qsizetype>(evaluation.classes.size());
    const auto occurring = std::ranges::count_if(
        evaluation.classes, [](const evaluation::ClassScore& score) { return score.support > 0; });
    QString macro = tr("Mean F1; every class counts the same");
    QString hint;
    if (occurring < classes) {
        macro = tr("Mean F1 over the %1 of %2 classes that have validation images; each counts the same")
                    .arg(occurring)
                    .arg(classes);
        hint = tr("%1 of %2 have validation images").arg(occurring).arg(classes);
    }
    m_classesCard->setHint(hint);
    std::vector<Figure> figures{
        {tr("Accuracy"), FigureText::percentFigure(evaluation.accuracy), QStringLiteral("%"),
         tr("Share of images given the right class")},
        {tr("Macro F1"), FigureText::percentFigure(evaluation.macro.f1), QStringLiteral("%"), macro},
        {tr("Weighted F1"), FigureText::percentFigure(evaluation.weighted.f1), QStringLiteral("%"),
         tr("Mean F1; every image counts the same")},
        {tr("Loss"),
         QString::number(evaluation.loss, 'f', 3),
         {},
         tr("Mean cross-entropy; 0 is certain and right")}};
    if (evaluation.top5) {
        figures.push_back({tr("Top-5"), FigureText::percentFigure(*evaluation.top5), QStringLiteral("%"),
                           tr("Share of images whose class is among the five most probable")});
    }
    m_figures->setFigures(figures);
}

void ResultsPage::select(const ImageSelection& selection, const QString& image) {
    if (!m_view.results) return;
    m_view.selection = selection;
    m_view.image = image;
    runInBackground(
        this,
        [results = m_view.results, selection]() -> Result<ImageList> {
            return ImageList::make(*results, selection);
        },
        [this, results = m_view.results, selection, image](Result<ImageList> list) {
            // A quick second click is what counts.
            if (results != m_view.results || selection != m_view.selection) return;
            if (list) return showImages(selection, std::move(*list), image);
            m_imagesCard->setHint({});
            m_images->setEmptyText(ErrorText::describe(list.error()));
            m_images->setImages({});
            m_detail->clear();
        });
}

void ResultsPage::showImages(const ImageSelection& selection, ImageList list, const QString& image) {
    const int count = static_cast<int>(list.items.size());
    const QString images = FigureText::images(static_cast<std::size_t>(count));
    if (selection.truth && selection.predicted && *selection.truth != *selection.predicted) {
        m_imagesCard->setSubject(tr("%1 taken for %2")
                                     .arg(m_view.results->className(*selection.truth),
                                          m_view.results->className(*selection.predicted)));
        m_imagesCard->setHint(images);
        m_images->setEmptyText(tr("No image: this mistake was not made."));
    } else if (selection.truth && selection.predicted) {
        m_imagesCard->setSubject(tr("%1, right").arg(m_view.results->className(*selection.truth)));
        m_imagesCard->setHint(images);
        m_images->setEmptyText(tr("No image of this class was recognised."));
    } else if (selection.truth) {
        m_imagesCard->setSubject(m_view.results->className(*selection.truth));
        m_imagesCard->setHint(classHint(count, list.wrong));
        m_images->setEmptyText(tr("No image of this class is in the validation set."));
    } else {
        m_imagesCard->setTitle(tr("Mistakes"));
        m_imagesCard->setHint(
            tr("%1, the most certain first; click a class or a cell for its images").arg(images));
        m_images->setEmptyText(tr("No mistakes. Click a class or a cell above to see its images."));
    }
    m_allMistakes->setVisible(selection != ImageSelection{});
    m_predictionOf = std::move(list.predictionOf);
    const auto found = std::ranges::find(list.items, image, &ThumbnailItem::path);
    const bool isThere = found != list.items.end();
    const int chosen = isThere ? static_cast<int>(found - list.items.begin()) : 0;
    const QString path = isThere ? image : list.items.empty() ? QString() : list.items.front().path;
    m_images->setImages(std::move(list.items));
    if (path.isEmpty()) return m_detail->clear();
    const int columns = m_images->model()->columnCount();
    m_images->setCurrentIndex(m_images->model()->index(chosen / columns, chosen % columns));
    showImage(path);
}

void ResultsPage::showImage(const QString& path) {
    const auto found = m_predictionOf.constFind(path);
    if (!m_view.results || found == m_predictionOf.constEnd()) return;
    m_view.image = path;
    const evaluation::Prediction& prediction =
        m_view.results->evaluation.predictions[static_cast<std::size_t>(*found)];
    std::vector<ProbabilityEntry> entries;
    for (std::size_t i = 0; i < prediction.probabilities.size(); ++i) {
        const int index = static_cast<int>(i);
        entries.push_back({m_view.results->className(index), double(prediction.probabilities[i]),
                           index == prediction.predicted && index != prediction.truth});
    }
    std::stable_sort(
        entries.begin(), entries.end(),
        [](const ProbabilityEntry& a, const ProbabilityEntry& b) { return a.probability > b.probability; });
    const QString remark = prediction.truth == prediction.predicted
                               ? tr("right")
                               : tr("in truth %1").arg(m_view.results->className(prediction.truth));
    m_detail->showPrediction(path, QString::fromStdString(prediction.path), remark, std::move(entries));
}

}  // namespace graft::ui
