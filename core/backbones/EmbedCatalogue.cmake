# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the JSON arrays of TORCHVISION and OWN as C++ raw strings into OUTPUT.
file(READ ${TORCHVISION} torchvision)
file(READ ${OWN} own)
file(WRITE ${OUTPUT} "// Made from resources/catalogue.json and resources/own-catalogue.json.\n"
                     "extern const char kTorchvisionCatalogue[];\nextern const char kOwnCatalogue[];\n"
                     "const char kTorchvisionCatalogue[] = R\"json(${torchvision})json\";\n"
                     "const char kOwnCatalogue[] = R\"json(${own})json\";\n")
