# SPDX-License-Identifier: GPL-3.0-or-later
# Writes INPUT as a C++ raw string into OUTPUT.
file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "// Made from resources/catalogue.json.\nextern const char kCatalogueJson[];\n"
                     "const char kCatalogueJson[] = R\"json(${text})json\";\n")
