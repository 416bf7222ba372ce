// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RecipeChoice.h"

#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <algorithm>
#include <array>

#include "ui/prompts/UserPrompts.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/train/RecipeMatch.h"
#include "ui/widgets/ChoiceBox.h"
#include "ui/widgets/ElidedLabel.h"

namespace graft::ui {

namespace {

using settings::Recipe;

// No recipe is called so.
constexpr const char* kDefaults = "";
constexpr const char* kMixed = "*";  // in the list only while the settings are none of the others
constexpr int kMoreWidth = 34;
constexpr int kLongestName = 60;

struct Found {
    std::vector<Recipe> recipes;
    std::vector<Error> passedOver;
};

// In the list. A file may be called as a built-in recipe is.
QString nameOf(const Recipe& recipe) {
    return QString::fromStdString(recipe.file.empty() ? recipe.name : recipe.file);
}

// What a person has written is in no translator's list.
QString wordsOf(const Recipe& recipe, const std::string& words) {
    return recipe.file.empty() ? textOf(words) : QString::fromStdString(words);
}

QString fileNameFor(const QString& label, const std::vector<Recipe>& builtin) {
    QString name;
    for (const QChar c : label.toLower()) {
        if (c.isLetterOrNumber()) {
            name += c;
        } else if (!name.isEmpty() && !name.endsWith('-')) {
            name += '-';
        }
    }
    name.truncate(kLongestName);
    while (name.endsWith('-'))
        name.chop(1);
    if (name.isEmpty()) name = QStringLiteral("recipe");
    const bool isTaken = std::ranges::find(builtin, name.toStdString(), &Recipe::name) != builtin.end();
    return (isTaken ? name + QStringLiteral("-own") : name) + QStringLiteral(".json");
}

}  // namespace

RecipeChoice::RecipeChoice(Project& project, UserPrompts& prompts, QWidget* parent)
    : FormRow(tr("Recipe"), Width::Rest, parent),
      m_project(project),
      m_prompts(prompts),
      m_box(new ChoiceBox(this)),
      m_builtin(settings::builtinRecipes()) {
    setObjectName(QStringLiteral("recipeRow"));
    m_box->setObjectName(QStringLiteral("recipe"));
    setEditor(m_box);
    buildMenu();
    buildSaving();
    connect(m_box, &QComboBox::currentIndexChanged, this, &RecipeChoice::choose);
    connect(&m_project, &Project::configChanged, this, &RecipeChoice::showRecipe);
    connect(&m_project, &Project::summaryChanged, this, &RecipeChoice::showRecipe);
    fill();
    readOwn();
}

void RecipeChoice::buildMenu() {
    auto* more = new QPushButton(QStringLiteral("\u2026"), this);
    more->setProperty("small", true);
    more->setObjectName(QStringLiteral("moreRecipes"));
    more->setFixedWidth(kMoreWidth);
    more->setAccessibleName(tr("Save or open a recipe"));
    more->setToolTip(tr("Save or open a recipe"));
    auto* menu = new QMenu(more);
    QAction* save = menu->addAction(tr("Save as recipe\u2026"), this, &RecipeChoice::startSaving);
    save->setObjectName(QStringLiteral("saveRecipe"));
    QAction* open = menu->addAction(tr("Open a recipe\u2026"), this, &RecipeChoice::open);
    open->setObjectName(QStringLiteral("openRecipe"));
    connect(more, &QPushButton::clicked, menu,
            [more, menu] { menu->popup(more->mapToGlobal(QPoint(0, more->height()))); });
    addBesideEditor(more, false);
}

void RecipeChoice::buildSaving() {
    m_saving = new QWidget(this);
    auto* line = new QHBoxLayout(m_saving);
    line->setContentsMargins(0, 4, 0, 4);
    line->setSpacing(8);
    m_name = new QLineEdit(m_saving);
    m_name->setObjectName(QStringLiteral("recipeName"));
    m_name->setAccessibleName(tr("Name of the recipe"));
    m_name->setPlaceholderText(tr("Name of the recipe"));
    m_name->installEventFilter(this);
    line->addWidget(m_name, 1);
    auto* save = new QPushButton(tr("Save"), m_saving);
    save->setProperty("small", true);
    save->setObjectName(QStringLiteral("writeRecipe"));
    line->addWidget(save);
    auto* cancel = new QPushButton(tr("Cancel"), m_saving);
    cancel->setProperty("small", true);
    line->addWidget(cancel);
    connect(m_name, &QLineEdit::returnPressed, this, &RecipeChoice::save);
    connect(save, &QPushButton::clicked, this, &RecipeChoice::save);
    connect(cancel, &QPushButton::clicked, this, &RecipeChoice::endSaving);
    m_saving->hide();
    addBelow(m_saving);
    m_saved = new ElidedLabel({}, this);
    m_saved->setMuted(true);
    m_saved->setElideMode(Qt::ElideMiddle);
    m_saved->setObjectName(QStringLiteral("recipeSaved"));
    m_saved->hide();
    addBelow(m_saved);
}

bool RecipeChoice::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_name && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        endSaving();
        return true;
    }
    return FormRow::eventFilter(watched, event);
}

void RecipeChoice::readOwn() {
    runInBackground(
        this,
        []() -> Result<Found> {
            Found found;
            found.recipes = settings::ownRecipes(&found.passedOver);
            return found;
        },
        [this](const Result<Found>& found) {
            QStringList lines;
            if (found) {
                m_own = found->recipes;
                for (const Error& error : found->passedOver)
                    lines << ErrorText::describe(error);
            } else {
                lines << ErrorText::describe(found.error());
            }
            m_passedOver = lines.join(QLatin1Char('\n'));
            showProblem(m_problem);
            fill();
        });
}

void RecipeChoice::fill() {
    const QSignalBlocker quiet(m_box);
    m_box->clear();
    m_box->add(tr("Backbone's defaults"), QLatin1String(kDefaults));
    for (const auto* recipes : std::array{&m_builtin, &m_own, &m_opened}) {
        for (const Recipe& recipe : *recipes) {
            const QString name = nameOf(recipe);
            if (m_box->findData(name) >= 0) continue;  // opened, and in the folder by now
            const QString help = wordsOf(recipe, recipe.help);
            const QString file = QString::fromStdString(recipe.file);
            m_box->add(wordsOf(recipe, recipe.label), name, help.isEmpty() ? file : help);
        }
    }
    m_box->widenList();
    showRecipe();
}

const Recipe* RecipeChoice::find(const QString& name) const {
    for (const auto* recipes : std::array{&m_builtin, &m_own, &m_opened}) {
        const auto found =
            std::ranges::find_if(*recipes, [&](const Recipe& recipe) { return nameOf(recipe) == name; });
        if (found != recipes->end()) return &*found;
    }
    return nullptr;
}

void RecipeChoice::showRecipe() {
    const auto summary = m_project.summary();
    const auto isChosen = [&](const Recipe& recipe) {
        return isRecipe(recipe, m_project.config(), m_project.defaults(), summary.get());
    };
    QString name = QLatin1String(kMixed);
    QString help = tr("Your own mix; saved as a recipe it can be used again");
    if (isChosen(Recipe())) {
        name = QLatin1String(kDefaults);
        help = tr("What suits the backbone and its weights");
    } else {
        for (const auto* recipes : std::array{&m_builtin, &m_own, &m_opened}) {
            const auto chosen = std::ranges::find_if(*recipes, isChosen);
            if (chosen == recipes->end()) continue;
            name = nameOf(*chosen);
            help = wordsOf(*chosen, chosen->help);
            break;
        }
    }
    const QSignalBlocker quiet(m_box);
    const int mixed = m_box->findData(QLatin1String(kMixed));
    if (name == QLatin1String(kMixed) && mixed < 0) m_box->add(tr("own settings"), name);
    if (name != QLatin1String(kMixed) && mixed >= 0) m_box->removeItem(mixed);
    m_box->showName(name);
    setHelp(help);
    setMarked(name != QLatin1String(kDefaults));
}

void RecipeChoice::choose() {
    const QString name = m_box->name();
    if (name == QLatin1String(kMixed)) return;
    if (name == QLatin1String(kDefaults)) {
        ++m_asked;
        setChoosing(false);
        showProblem({});
        m_project.setConfig(withoutRecipe(m_project.config(), m_project.defaults()));
    } else if (const Recipe* recipe = find(name)) {
        apply(*recipe);
    }
}

void RecipeChoice::setChoosing(bool choosing) {
    if (choosing == m_isChoosing) return;
    m_isChoosing = choosing;
    emit choosingChanged();
}

void RecipeChoice::apply(const Recipe& recipe) {
    showProblem({});
    setChoosing(true);
    // Which units a recipe freezes is asked of LibTorch.
    runInBackground(
        this,
        [base = withoutRecipe(m_project.config(), m_project.defaults()), recipe] {
            return settings::withRecipe(base, recipe);
        },
        [this, recipe, number = ++m_asked](const Result<settings::TrainConfig>& made) {
            if (number != m_asked) return;
            if (!made) {
                setChoosing(false);
                showProblem(ErrorText::describe(made.error()));
                return showRecipe();
            }
            const settings::TrainConfig& now = m_project.config();
            const bool isOfAnother = made->backbone != now.backbone || made->weightsFile != now.weightsFile;
            if (isOfAnother) return apply(recipe);  // meanwhile another was chosen
            settings::TrainConfig config = *made;
            config.datasetFolder = now.datasetFolder;
            m_project.setConfig(config);
            setChoosing(false);
        });
}

void RecipeChoice::open() {
    const QString start = QString::fromStdString(settings::recipeFolder());
    m_prompts.chooseFile(this, tr("Open a recipe"), start, tr("Recipes (*.json)"),
                         [this](const QString& path) {
                             runInBackground(
                                 this, [file = path.toStdString()] { return settings::readRecipe(file); },
                                 [this](const Result<Recipe>& read) {
                                     if (!read) return showProblem(ErrorText::describe(read.error()));
                                     add(*read);
                                     apply(*read);
                                 });
                         });
}

void RecipeChoice::add(const Recipe& recipe) {
    std::erase_if(m_opened, [&](const Recipe& other) { return nameOf(other) == nameOf(recipe); });
    m_opened.push_back(recipe);
    fill();
}

void RecipeChoice::startSaving() {
    m_saved->hide();
    m_saving->show();
    m_name->clear();
    m_name->setFocus();
}

void RecipeChoice::endSaving() {
    m_saving->hide();
    showProblem({});
    m_box->setFocus();
}

void RecipeChoice::save() {
    const QString label = m_name->text().trimmed();
    const QString folder = QString::fromStdString(settings::recipeFolder());
    if (label.isEmpty()) return showProblem(tr("Give the recipe a name."));
    if (folder.isEmpty())
        return showProblem(tr("There is no place for recipes; set HOME or XDG_CONFIG_HOME to a folder."));
    const QString file = folder + QLatin1Char('/') + fileNameFor(label, m_builtin);
    if (!QFileInfo::exists(file)) return write(label, file);
    m_prompts.confirm(this, tr("There is a recipe \"%1\" already. Replace it?").arg(label), tr("Replace"),
                      tr("Keep it"), [this, label, file](bool yes) {
                          if (yes) write(label, file);
                      });
}

void RecipeChoice::write(const QString& label, const QString& file) {
    runInBackground(
        this,
        [config = m_project.config(), defaults = m_project.defaults(), label = label.toStdString(),
         path = file.toStdString()] {
            const auto units = backbones::listUnits(config.backbone);
            return settings::saveRecipe(config, defaults, label, path,
                                        units.value_or(std::vector<backbones::UnitSummary>()));
        },
        [this, file](const Result<void>& written) {
            if (!written) return showProblem(ErrorText::describe(written.error()));
            endSaving();
            m_saved->setText(tr("Saved as %1").arg(file));
            m_saved->show();
            readOwn();
        });
}

void RecipeChoice::showProblem(const QString& sentence) {
    m_problem = sentence;
    showError(m_problem.isEmpty() ? m_passedOver : m_problem);
}

}  // namespace graft::ui
