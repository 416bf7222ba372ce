// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/ExportPage.h"

#include <QCheckBox>
#include <QDir>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <algorithm>
#include <tuple>
#include <utility>

#include "core/inference/ModelFormat.h"
#include "core/training/RunFolder.h"
#include "ui/export/LostImagesPanel.h"
#include "ui/export/ProofList.h"
#include "ui/export/TryPanel.h"
#include "ui/news/EndedRunBar.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/LostImages.h"
#include "ui/session/MessageText.h"
#include "ui/session/ModelTrial.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"

namespace graft::ui {

namespace {

constexpr auto kFolderKey = "export/folder";
constexpr int kLabelWidth = 72;

QString defaultFolder() {
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QSettings()
        .value(QLatin1String(kFolderKey), QDir(documents).filePath(QStringLiteral("Graft")))
        .toString();
}

// With what it rests on, where the run says that.
QString accuracyOf(const training::RunSummary& run) {
    const QString percent = FigureText::percent(run.valAccuracy);
    const training::EpochDone* best = training::bestOf(run.epochs);
    const QString basis = best ? FigureText::basis(*best) : QString();
    return basis.isEmpty() ? percent : ExportPage::tr("%1 of %2").arg(percent, basis);
}

// Of its files, as long as none is typed.
QString nameOf(const training::RunSummary& run) {
    const QString images = QFileInfo(QString::fromStdString(run.config.datasetFolder)).fileName();
    const QString backbone = QString::fromStdString(run.config.backbone);
    return images.isEmpty() ? backbone : images + '-' + backbone;
}

}  // namespace

ExportPage::ExportPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_prompts(prompts),
      m_job(projectPart<ExportJob>(project)),
      m_trial(projectPart<ModelTrial>(project)),
      m_view(projectPart<KeptViews>(project).exporting) {
    setObjectName(QStringLiteral("page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 24);
    layout->setSpacing(12);
    m_header = new PageHeader(tr("Export"), this);
    m_cancel = m_header->addButton(tr("Cancel"), false);
    m_cancel->setObjectName(QStringLiteral("cancelExport"));
    m_export = m_header->addButton(tr("Export"), true);
    m_export->setObjectName(QStringLiteral("startExport"));
    connect(m_cancel, &QPushButton::clicked, &m_job, &ExportJob::cancel);
    connect(m_export, &QPushButton::clicked, this, &ExportPage::beginExport);
    layout->addWidget(m_header);
    layout->addWidget(new EndedRunBar(m_project, this));

    auto* top = new QHBoxLayout;
    top->setSpacing(16);
    top->addWidget(buildFormats(), 1);
    auto* proofCard = new Card(tr("Proof"), this);
    m_proof = new ProofList(proofCard);
    m_proof->setObjectName(QStringLiteral("proof"));
    proofCard->body()->addWidget(m_proof, 1);
    top->addWidget(proofCard, 1);
    layout->addLayout(top);
    layout->addSpacing(4);
    m_try = new TryPanel(m_trial, m_prompts, this);
    layout->addWidget(m_try, 1);

    connect(&m_job, &ExportJob::started, this, &ExportPage::showProof);
    connect(&m_job, &ExportJob::progressed, m_proof, &ProofList::showProgress);
    connect(&m_job, &ExportJob::fileDone, m_proof, &ProofList::showReport);
    connect(&m_job, &ExportJob::fileFailed, m_proof, &ProofList::showFailure);
    connect(&m_job, &ExportJob::finished, this, [this] {
        m_proof->dropWaiting();
        updateControls();
    });
    connect(&m_project, &Project::currentRunChanged, this, &ExportPage::reload);
    connect(&m_project, &Project::runsChanged, this, &ExportPage::reload);
    showProof();
    if (m_view.run && m_view.run->folder == m_project.currentRun()) {
        showRun(m_view.run);
    } else {
        showNothing({});
    }
    reload();
}

QWidget* ExportPage::buildFormats() {
    auto* card = new Card(tr("Formats"), this);
    for (const inference::ModelFormat& format : inference::modelFormats())
        addFormat(card, format);

    const auto addLine = [card](const QString& label, const char* name) {
        auto* line = new QHBoxLayout;
        line->setSpacing(8);
        auto* text = new QLabel(label, card);
        text->setObjectName(QStringLiteral("muted"));
        text->setFixedWidth(kLabelWidth);
        auto* edit = new QLineEdit(card);
        edit->setObjectName(QString::fromLatin1(name));
        edit->setAccessibleName(label);
        text->setBuddy(edit);
        line->addWidget(text);
        line->addWidget(edit, 1);
        card->body()->addLayout(line);
        return std::pair(edit, line);
    };
    // In the order in which they are read: Tab goes in that of their making.
    QHBoxLayout* folderLine = nullptr;
    std::tie(m_folder, folderLine) = addLine(tr("To"), "exportFolder");
    m_choose = new QPushButton(tr("Choose…"), card);
    m_choose->setObjectName(QStringLiteral("chooseExportFolder"));
    folderLine->addWidget(m_choose);
    m_folder->setText(m_view.isKept ? m_view.folder : QDir::toNativeSeparators(defaultFolder()));
    m_name = addLine(tr("File name"), "exportName").first;
    m_error = new InlineError(card);
    card->body()->addWidget(m_error);
    m_lostImages = new LostImagesPanel(m_project, m_prompts, card);
    card->body()->addWidget(m_lostImages);
    connect(m_lostImages, &LostImagesPanel::changed, this, &ExportPage::updateControls);
    card->body()->addStretch(1);

    connect(m_choose, &QPushButton::clicked, this, &ExportPage::chooseFolder);
    connect(m_folder, &QLineEdit::textChanged, this, &ExportPage::updateControls);
    connect(m_name, &QLineEdit::textChanged, this, &ExportPage::updateControls);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& name) {
        m_view.typedNames[m_project.currentRun()] = name;  // it may still be being read
    });
    return card;
}

void ExportPage::addFormat(Card* card, const inference::ModelFormat& format) {
    const QString text = textOf(format.help);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    auto* box = new QCheckBox(textOf(format.label), card);
    box->setObjectName(QString::fromStdString(format.name));
    box->setAccessibleDescription(text);
    auto* note = new ElidedLabel(text, card);
    note->setMuted(true);
    note->setFont(Theme::smallFont());
    box->setMinimumWidth(120);
    row->addWidget(box);
    row->addWidget(note, 1);
    card->body()->addLayout(row);
    auto* rule = new QFrame(card);
    rule->setObjectName(QStringLiteral("rule"));
    rule->setFixedHeight(1);
    card->body()->addWidget(rule);
    m_formats.push_back({format.name, QString::fromStdString(format.extension), box});
    // Before anything listens: the page is still being built.
    box->setChecked(m_view.isKept ? m_view.formats.contains(box->objectName()) : m_formats.size() == 1);
    connect(box, &QCheckBox::toggled, this, &ExportPage::updateControls);
}

void ExportPage::reload() {
    const QString folder = m_project.currentRun();
    if (folder.isEmpty()) {
        return showNothing(tr("Train a network first, or choose one of the runs on the left."));
    }
    if (folder != m_run) showNothing(tr("The run is being read…"));
    using Opened = Result<std::shared_ptr<const ExportedRun>>;
    runInBackground(
        this,
        [folder]() -> Opened {
            auto run = training::openRun(folder.toStdString());
            if (!run) return fail(run.error());
            const QFileInfo model(folder + QStringLiteral("/model.safetensors"));
            // A run whose list is gone says itself, when it is exported, that it cannot be checked.
            const auto dataset = training::readDataset(folder.toStdString());
            const QString lost = dataset ? placeOfLostImages(*dataset) : QString();
            return std::make_shared<const ExportedRun>(
                ExportedRun{folder, std::move(*run), model.lastModified(), lost});
        },
        [this, folder](const Opened& opened) {
            if (folder != m_project.currentRun()) return;
            if (!opened) return showNothing(ErrorText::describe(opened.error()));
            if (!(*opened)->run.hasModel)
                return showNothing(tr("This run has no model yet: continue it on the Train page."));
            showRun(*opened);
        });
}

void ExportPage::showNothing(const QString& reason) {
    m_run.clear();
    m_modelTime = {};
    m_view.run.reset();
    m_lostImages->showNothing();
    m_header->setSubtitle(reason);
    m_trial.setModel({}, {});
    updateControls();
}

void ExportPage::showRun(std::shared_ptr<const ExportedRun> opened) {
    m_view.run = std::move(opened);
    const training::RunSummary& run = m_view.run->run;
    const QDateTime& modelTime = m_view.run->modelTime;
    const QString& folder = m_view.run->folder;
    m_header->setSubtitle(QString::fromStdString(run.name) + QStringLiteral(" · ") + accuracyOf(run));
    m_lostImages->showRun(folder, m_view.run->lostImages);
    if (folder == m_run && modelTime == m_modelTime) return;
    m_run = folder;
    m_modelTime = modelTime;
    m_trial.setModel(m_run, m_modelTime);
    if (folder != m_view.shownFolder) m_job.forget();
    m_view.shownFolder = folder;
    showProof();
    const QString typed = m_view.typedNames.value(folder);
    m_name->setText(typed.isEmpty() ? nameOf(run) : typed);
    updateControls();
}

void ExportPage::chooseFolder() {
    m_prompts.chooseSaveFolder(this, tr("Where to put the model"), m_folder->text(),
                               [guard = QPointer<ExportPage>(this)](const QString& path) {
                                   if (guard) guard->m_folder->setText(QDir::toNativeSeparators(path));
                               });
}

// As it was typed, without an ending that is a ticked format's own: each format adds its own.
QString ExportPage::baseName() const {
    const QString name = m_name->text().trimmed();
    for (const FormatRow& row : m_formats) {
        if (row.box->isChecked() && name.endsWith(row.extension, Qt::CaseInsensitive))
            return name.chopped(row.extension.size());
    }
    return name;
}

std::vector<ExportJob::File> ExportPage::wantedFiles() const {
    std::vector<ExportJob::File> files;
    const QDir folder(QDir::fromNativeSeparators(m_folder->text().trimmed()));
    for (const FormatRow& row : m_formats) {
        if (!row.box->isChecked()) continue;
        files.push_back({row.name, folder.filePath(baseName() + row.extension)});
    }
    return files;
}

void ExportPage::beginExport() {
    const std::vector<ExportJob::File> files = wantedFiles();
    QStringList present;
    for (const ExportJob::File& file : files) {
        if (QFileInfo::exists(file.path)) present.append(QFileInfo(file.path).fileName());
    }
    if (present.isEmpty()) return startJob(files);
    m_prompts.confirm(this,
                      (present.size() == 1 ? tr("%1 is there already. Replace it?")
                                           : tr("%1 are there already. Replace them?"))
                          .arg(present.join(tr(" and "))),
                      tr("Replace"), tr("Keep"),
                      [guard = QPointer<ExportPage>(this), files, run = m_run](bool yes) {
                          // A training may have ended meanwhile, and its run be the one that is shown.
                          if (guard && yes && run == guard->m_run) guard->startJob(files);
                      });
}

void ExportPage::startJob(const std::vector<ExportJob::File>& files) {
    if (m_run.isEmpty() || m_job.isActive()) return;
    QSettings().setValue(QLatin1String(kFolderKey), QDir::fromNativeSeparators(m_folder->text().trimmed()));
    m_job.start(m_run, files, m_lostImages->canVerify());
    updateControls();
}

void ExportPage::showProof() {
    m_proof->clear();
    for (const ExportJob::State& state : m_job.files()) {
        const int index = m_proof->addFile(state.file.path);
        if (!state.result && state.total > 0) m_proof->showProgress(index, state.done, state.total);
        if (state.result && *state.result) m_proof->showReport(index, **state.result);
        if (state.result && !*state.result) m_proof->showFailure(index, state.result->error());
    }
}

void ExportPage::keepForm() {
    m_view.isKept = true;
    m_view.folder = m_folder->text();
    m_view.formats.clear();
    for (const FormatRow& row : m_formats)
        if (row.box->isChecked()) m_view.formats.append(row.box->objectName());
}

void ExportPage::updateControls() {
    keepForm();
    const bool busy = m_job.isActive();
    const int count = static_cast<int>(std::count_if(
        m_formats.begin(), m_formats.end(), [](const FormatRow& row) { return row.box->isChecked(); }));
    QString problem;
    if (!m_run.isEmpty()) {
        const QString name = baseName();
        if (count == 0) {
            problem = tr("Tick at least one format.");
        } else if (m_folder->text().trimmed().isEmpty()) {
            problem = tr("Say which folder the files go to.");
        } else if (!QDir::isAbsolutePath(QDir::fromNativeSeparators(m_folder->text().trimmed()))) {
            problem = tr("Give the folder's whole path, or choose it.");
        } else if (name.isEmpty()) {
            problem = tr("Give the files a name.");
        } else if (name.contains('/') || name.contains('\\') || name.startsWith('.')) {
            problem = tr("A file name has no slash in it and does not begin with a dot.");
        } else {
            problem = m_lostImages->problem();
        }
    }
    m_error->showError(problem);
    m_export->setText(busy ? tr("Exporting…")
                           : (count == 1 ? tr("Export 1 file") : tr("Export %1 files").arg(count)));
    m_export->setEnabled(!m_run.isEmpty() && !busy && problem.isEmpty());
    m_cancel->setVisible(busy);
    for (const FormatRow& row : m_formats)
        row.box->setEnabled(!busy);
    m_folder->setEnabled(!busy);
    m_choose->setEnabled(!busy);
    m_name->setEnabled(!busy);
}

}  // namespace graft::ui
