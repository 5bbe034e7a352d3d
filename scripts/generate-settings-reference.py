"""Write docs/reference/settings.md from the settings' own descriptions; with --check, only say whether it is stale.

.venv/bin/python scripts/generate-settings-reference.py
"""

import sys
from pathlib import Path

from fluxlit.settings.reference import settings_reference

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"


def main() -> int:
    """Write or check the page; 1 when it is stale."""
    text = settings_reference()
    if "--check" in sys.argv[1:]:
        fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        if not fresh:
            print(f"{PAGE.name} is stale: run scripts/generate-settings-reference.py")
        return 0 if fresh else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
