"""Making plans: wishes, search, exact optimum or proof, and the ensemble of valid plans."""

import hashlib
import os
import sys
from pathlib import Path


def _cache_by_content() -> None:
    """Keep compiled code in a folder named after the sources.

    Numba looks whether the file of a function has changed, and not whether what it calls has: a
    new version of one kernel would run with the old machine code of another. A folder that numba
    cannot write to is passed over, and it then finds a place of its own.
    """
    if "NUMBA_CACHE_DIR" in os.environ or "numba" in sys.modules:
        return
    here = Path(__file__).parent
    stamp = hashlib.sha256()
    for source in sorted(here.glob("*.py")):
        text = source.read_bytes()
        if b"njit" in text:
            stamp.update(text)
    os.environ["NUMBA_CACHE_DIR"] = str(here / "__pycache__" / f"numba-{stamp.hexdigest()[:16]}")


_cache_by_content()
