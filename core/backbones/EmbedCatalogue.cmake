# SPDX-License-Identifier: GPL-3.0-or-later
# Writes INPUT as a C++ raw string into OUTPUT. Raw string literals have a length limit in some compilers;
# so the text is cut into lines, which the compiler joins again.
file(STRINGS ${INPUT} lines ENCODING UTF-8)
set(text "// Made from resources/catalogue.json.\nextern const char kCatalogueJson[];\nconst char kCatalogueJson[] =\n")
foreach(line IN LISTS lines)
    string(APPEND text "    R\"json(${line}\n)json\"\n")
endforeach()
string(APPEND text "    \"\";\n")
file(WRITE ${OUTPUT} "${text}")
