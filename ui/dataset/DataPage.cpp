// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/DataPage.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QMimeData>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <cmath>

#include "ui/dataset/ClassFilter.h"
#include "ui/dataset/ClassTableView.h"
#include "ui/dataset/DropPanel.h"
#include "ui/dataset/ProblemList.h"
#include "ui/dataset/RecentMenu.h"
#include "ui/news/DropBar.h"
#include "ui/news/FolderBar.h"
#include "ui/news/NextRunBar.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/DatasetLoader.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/DroppedPaths.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RecentFolders.h"
#include "ui/session/ShownDataset.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"
#include "ui/widgets/SeedBox.h"
#include "ui/widgets/ThumbnailGrid.h"

namespace graft::ui {

namespace {

constexpr int kSideWidth = 330;

QString shortPath(const QString& path) {
    const QString home = QDir::homePath();
    return path.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + path.mid(home.size()) : path;
}

}  // namespace

DataPage::DataPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_prompts(prompts),
      m_shown(projectPart<ShownDataset>(project)),
      m_loader(projectPart<DatasetLoader>(project)),
      m_header(new PageHeader(tr("Data"), this)),
      m_stack(new QStackedWidget(this)),
      m_drop(new DropPanel(this)) {
    setAcceptDrops(true);
    QPushButton* choose = m_header->addButton(tr("Choose folder\u2026"), false);
    choose->setObjectName(QStringLiteral("chooseFolder"));
    QPushButton* recent = m_header->addButton(tr("Recent"), false);
    recent->setObjectName(QStringLiteral("recent"));
    auto& folders = projectPart<RecentFolders>(project);
    auto* menu = new RecentMenu(folders, recent);
    recent->setMenu(menu);
    const auto offer = [recent, &folders] { recent->setEnabled(!folders.folders().isEmpty()); };
    connect(&folders, &RecentFolders::changed, this, offer);
    connect(menu, &RecentMenu::folderChosen, &projectPart<DroppedPaths>(project), &DroppedPaths::open);
    offer();
    m_next = m_header->addButton(tr("Next: network"), true);
    m_next->setObjectName(QStringLiteral("next"));
    m_content = buildContent();
    m_stack->addWidget(m_drop);
    m_stack->addWidget(m_content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(12);
    layout->addWidget(m_header);
    layout->addWidget(new NextRunBar(project, this));
    layout->addWidget(new FolderBar(project, this));
    layout->addWidget(new DropBar(project, this));
    layout->addWidget(m_error);
    layout->addWidget(m_stack, 1);

    connect(choose, &QPushButton::clicked, this, &DataPage::chooseFolder);
    connect(m_next, &QPushButton::clicked, this, &DataPage::nextRequested);
    connect(m_drop, &DropPanel::chooseRequested, this, &DataPage::chooseFolder);
    connect(m_drop, &DropPanel::cancelRequested, &m_loader, &DatasetLoader::cancel);
    connect(&m_loader, &DatasetLoader::started, this, &DataPage::showStarted);
    connect(&m_loader, &DatasetLoader::progressed, m_drop, &DropPanel::setProgress);
    connect(&m_loader, &DatasetLoader::failed, this, &DataPage::showFailure);
    connect(&m_loader, &DatasetLoader::finished, this, &DataPage::showFinished);
    connect(&project, &Project::datasetChanged, this, &DataPage::showDataset);
    connect(&project, &Project::configChanged, this, &DataPage::showSplit);
    connect(m_filter, &ClassFilter::chosenChanged, &m_shown, &ShownDataset::chooseClass);
    connect(m_filter, &ClassFilter::chosenChanged, m_classes, &ClassTableView::selectClass);
    connect(m_filter, &ClassFilter::chosenChanged, this, &DataPage::showImages);
    connect(m_classes, &ClassTableView::classChosen, m_filter, &ClassFilter::choose);
    showDataset();
    if (!project.dataset()) showUnread();
}

QWidget* DataPage::buildContent() {
    auto* content = new QWidget(this);
    auto* grid = new QGridLayout(content);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(16);

    auto* classCard = new Card(tr("Classes"), content);
    m_classes = new ClassTableView(classCard);
    classCard->body()->addWidget(m_classes);
    auto* imageCard = new Card(tr("Images"), content);
    m_filter = new ClassFilter(imageCard);
    imageCard->header()->addWidget(m_filter, 1);
    m_images = new ThumbnailGrid(imageCard);
    imageCard->body()->addWidget(m_images);
    m_problemCard = new Card(tr("Needs a look"), content);
    m_problemCard->header()->addStretch();
    m_problems = new ProblemList(m_problemCard);
    m_problemCard->body()->addWidget(m_problems);
    Card* split = buildSplit();
    m_error = new InlineError(this);

    grid->addWidget(classCard, 0, 0);
    grid->addWidget(split, 0, 1);
    grid->addWidget(imageCard, 1, 0);
    grid->addWidget(m_problemCard, 1, 1);
    grid->setColumnStretch(0, 1);
    grid->setRowStretch(0, 35);
    grid->setRowStretch(1, 65);
    split->setFixedWidth(kSideWidth);
    m_problemCard->setFixedWidth(kSideWidth);
    return content;
}

Card* DataPage::buildSplit() {
    auto* card = new Card(tr("Split"), this);
    card->header()->addStretch();
    m_share = new QSpinBox(card);
    m_share->setObjectName(QStringLiteral("validationShare"));
    m_share->setRange(1, 90);
    m_share->setSuffix(QStringLiteral(" %"));
    m_shareSlider = new QSlider(Qt::Horizontal, card);
    m_shareSlider->setRange(1, 90);
    m_shareSlider->setAccessibleName(tr("Validation share in per cent"));
    m_seed = new SeedBox(card);
    m_seed->setObjectName(QStringLiteral("splitSeed"));
    m_seed->setToolTip(tr("The same number gives the same split, and the same training on a CPU."));
    m_splitNote = new QLabel(card);
    m_splitNote->setObjectName(QStringLiteral("muted"));
    m_splitNote->setWordWrap(true);
    for (auto* box : std::initializer_list<QAbstractSpinBox*>{m_share, m_seed}) {
        box->setFixedWidth(104);
        box->setAlignment(Qt::AlignRight);
    }

    m_splitFields = new QWidget(card);
    auto* form = new QGridLayout(m_splitFields);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(10);
    const auto addRow = [&](int row, const QString& text, QWidget* field) {
        auto* label = new QLabel(text, card);
        label->setObjectName(QStringLiteral("muted"));
        label->setBuddy(field);
        form->addWidget(label, row, 0);
        form->addWidget(field, row, 1, Qt::AlignRight);
    };
    addRow(0, tr("&Validation share"), m_share);
    form->addWidget(m_shareSlider, 1, 0, 1, 2);
    addRow(2, tr("Kept the same by &seed"), m_seed);
    form->setColumnStretch(0, 1);
    card->body()->addWidget(m_splitFields);
    card->body()->addWidget(m_splitNote);
    card->body()->addStretch();

    connect(m_share, &QSpinBox::valueChanged, m_shareSlider, &QSlider::setValue);
    connect(m_shareSlider, &QSlider::valueChanged, m_share, &QSpinBox::setValue);
    connect(m_share, &QSpinBox::valueChanged, this, &DataPage::changeShare);
    connect(m_seed, &SeedBox::valueChanged, this, &DataPage::changeSeed);
    return card;
}

void DataPage::chooseFolder() {
    const QString start = m_project.folder().isEmpty() ? QDir::homePath() : m_project.folder();
    m_prompts.chooseFolder(this, tr("Choose a folder of images"), start, [this](const QString& folder) {
        projectPart<DroppedPaths>(m_project).open(folder);
    });
}

void DataPage::showStarted() {
    m_error->showError({});
    const auto& shown = m_shown.dataset();
    if (shown && QString::fromStdString(shown->root) == m_project.folder()) {
        m_header->setSubtitle(tr("%1 \u00b7 reading again\u2026").arg(shortPath(m_project.folder())));
        return;
    }
    m_header->setSubtitle(shortPath(m_project.folder()));
    m_drop->showReading(shortPath(m_project.folder()));
    m_stack->setCurrentWidget(m_drop);
}

void DataPage::showFailure(const Error& error) {
    m_header->setSubtitle({});
    m_drop->showInvitation(ErrorText::describe(error));
    m_stack->setCurrentWidget(m_drop);
}

void DataPage::showFinished() {
    if (m_drop->isReading()) m_drop->showInvitation();  // cancelled; an error is said already
}

void DataPage::showDataset() {
    if (m_project.dataset()) return showContent();
    m_next->setEnabled(false);
    if (!m_project.folder().isEmpty()) return;
    m_header->setSubtitle({});
    if (m_stack->currentWidget() != m_drop) m_drop->showInvitation();
    m_stack->setCurrentWidget(m_drop);
}

// As the page before did, while the folder is being read, or where it could not be.
void DataPage::showUnread() {
    if (m_shown.dataset()) showContent();
    if (m_loader.isReading()) {
        showStarted();
        m_drop->setProgress(m_loader.done(), m_loader.total());
    } else if (m_loader.failure()) {
        showFailure(*m_loader.failure());
    }
}

void DataPage::showContent() {
    const auto& dataset = m_shown.dataset();
    const auto& summary = m_shown.summary();
    const int filtered = m_shown.chosenClass();
    QStringList classes;
    for (const std::string& name : dataset->classes) {
        classes << QString::fromStdString(name);
    }
    m_header->setSubtitle(
        tr("%1 \u00b7 %2 \u00b7 %3")
            .arg(shortPath(QString::fromStdString(dataset->root)),
                 classes.size() == 1 ? tr("1 class") : tr("%L1 classes").arg(classes.size()),
                 FigureText::images(dataset->samples.size())));
    const std::optional<Error>& obstacle = summary->obstacle;
    m_error->showError(obstacle ? ErrorText::describe(*obstacle) : QString());
    m_next->setEnabled(m_project.dataset() && !obstacle);
    m_classes->showDataset(*dataset, *summary);
    m_problems->showDataset(summary);
    m_problemCard->setHint(m_problems->problemCount() > 0 ? QLocale().toString(m_problems->problemCount())
                                                          : QString());
    m_filter->setClasses(classes);
    if (filtered >= 0) {
        m_filter->choose(filtered);
    } else {
        showImages();
    }
    showSplit();
    m_stack->setCurrentWidget(m_content);
}

void DataPage::showImages() {
    const auto& shown = m_shown.dataset();
    if (!shown) return;
    const int wanted = m_filter->chosen();
    const auto itemOf = [dataset = shown](std::size_t n) {
        const data::Sample& sample = dataset->samples[n];
        return ThumbnailItem{QString::fromStdString(dataset->absolutePath(sample)), QString(),
                             QString::fromStdString(sample.path)};
    };
    m_images->setEmptyText(emptyText(wanted));
    if (wanted < 0) return m_images->setImages(shown->samples.size(), itemOf);
    const auto at = static_cast<std::size_t>(wanted);
    const auto& summary = m_shown.summary();
    m_images->setImages(summary->imagesOf[at].size(),
                        [itemOf, at, summary](std::size_t n) { return itemOf(summary->imagesOf[at][n]); });
}

// In the place of the pictures. chosenClass: below 0 for all.
QString DataPage::emptyText(int chosenClass) const {
    if (chosenClass >= 0) return tr("No images of this class can be used.");
    const bool hasFiles = !m_shown.summary()->unused.empty() || m_shown.dataset()->leftOutCount() > 0;
    return hasFiles ? tr("No image in this folder can be used.") : tr("The folder is empty.");
}

void DataPage::showSplit() {
    const bool own = m_shown.dataset() && m_shown.dataset()->splitByFolders;
    const QSignalBlocker blockers[] = {QSignalBlocker(m_share), QSignalBlocker(m_shareSlider),
                                       QSignalBlocker(m_seed)};
    const int share = static_cast<int>(std::lround(100 * m_project.config().validationShare));
    m_share->setValue(share);
    m_shareSlider->setValue(share);
    m_seed->setValue(m_project.config().seed);
    // A split of the folder's own may have a share that nobody could choose.
    m_splitFields->setVisible(!own);
    m_splitFields->setEnabled(!own);
    if (!m_shown.dataset()) return;
    const data::ClassCount& all = m_shown.summary()->all;
    const QString counts = tr("%1 to train on, %2 to check the answers with.")
                               .arg(FigureText::images(all.train), FigureText::count(all.validation));
    m_splitNote->setText(counts + u' ' +
                         (own ? tr("The folder brings its own split, in folders for training and validation. "
                                   "It is used as it is.")
                              : tr("The split is random within each class.")));
}

// Each writes what it was told and nothing else: a share of 33.3 % stays one when the seed changes.
void DataPage::changeShare() {
    settings::TrainConfig config = m_project.config();
    config.validationShare = m_share->value() / 100.0;
    m_project.setConfig(config);
}

void DataPage::changeSeed() {
    settings::TrainConfig config = m_project.config();
    config.seed = m_seed->value();
    m_project.setConfig(config);
}

void DataPage::dragEnterEvent(QDragEnterEvent* event) {
    if (!event->mimeData()->hasUrls()) return;
    event->acceptProposedAction();
    m_drop->setHighlighted(true);
}

void DataPage::dragLeaveEvent(QDragLeaveEvent*) {
    m_drop->setHighlighted(false);
}

void DataPage::dropEvent(QDropEvent* event) {
    m_drop->setHighlighted(false);
    event->acceptProposedAction();
    projectPart<DroppedPaths>(m_project).take(event->mimeData()->urls());
}

}  // namespace graft::ui
