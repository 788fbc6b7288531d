"""What a path is, in git's octal words."""

from __future__ import annotations

FILE = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"
NO_FILE = "000000"
"""On the side on which the path does not exist."""
