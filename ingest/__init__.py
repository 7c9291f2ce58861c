"""From folders of cards to a new generation of the store."""

import os

# Importing unstructured asks a server of its makers who uses it, unless this is set before; Almanac opens no
# connection that nobody asked for.
os.environ["SCARF_NO_ANALYTICS"] = "true"
os.environ["UNSTRUCTURED_DISABLE_NOTICE"] = "1"  # an advertisement, printed at the first document
