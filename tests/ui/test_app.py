"""app.py: its pages, and settings that keep everything on this machine."""

import tomllib
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.effort import HANGS_SECONDS

ROOT = Path(__file__).resolve().parents[2]


def test_the_app_opens_with_the_example_region():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=HANGS_SECONDS).run()
    assert not app.exception
    assert [t.value for t in app.title] == ["Gegevens"]
    assert "Fictief voorbeeldgebied" in app.warning[0].value


def test_nothing_is_sent_or_fetched():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"] == {
        "toolbarMode": "minimal", "showErrorDetails": "none", "showErrorLinks": False,
    }  # fmt: skip
    assert config["server"]["address"] == "localhost"
    assert config["server"]["allowedHosts"] == ["localhost", "127.0.0.1", "::1"]
    assert config["server"]["enableCORS"] is config["server"]["enableXsrfProtection"] is True
    assert "http" not in str(config["theme"])
