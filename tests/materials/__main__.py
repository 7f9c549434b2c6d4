"""Write the bill of materials, and the licences beside it: ``python -m tests.materials FILE``."""

import json
import sys
from pathlib import Path

from tests.materials.bill import build_bill, list_all_parts, list_licences


def main() -> None:
    """Write both files."""
    bill = Path(sys.argv[1])
    licences = bill.with_suffix(".licences.txt")
    parts = list_all_parts()
    bill.write_text(json.dumps(build_bill(parts), indent=2) + "\n")
    licences.write_text(list_licences(parts))
    print(f"{len(parts)} parts: {bill}, {licences}")


if __name__ == "__main__":
    main()
