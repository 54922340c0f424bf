"""What a user does on the pages: go somewhere, choose, upload, read and click a table."""

import re

from playwright.sync_api import Locator, Page, expect

ROW_HEIGHT = 35


def settled(page: Page) -> None:
    """Wait until the app is connected, has run its script and shows nothing stale."""
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid=stApp]');
            return app && app.dataset.testScriptState === 'notRunning'
                && app.dataset.testConnectionState === 'CONNECTED'
                && !document.querySelector('[data-testid=stSpinner]')
                && !document.querySelector('[data-stale=true]');
        }"""
    )


def go_to(page: Page, title: str) -> None:
    """Go to one of the pages of the app by its menu."""
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    settled(page)


def open_app(page: Page, url: str) -> None:
    """Open the first page of the app."""
    page.goto(url)
    expect(page.get_by_role("heading", name="Gegevens", exact=True)).to_be_visible()
    settled(page)


def choose(page: Page, key: str, option: str) -> None:
    """Choose an option of a select box."""
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def choose_also(page: Page, key: str, option: str) -> None:
    """Choose an option of a select box for several.

    Its list closes when the page scrolls under it: the click waits until the page stands still,
    and keys need no place on the screen.
    """
    around = page.locator(f".st-key-{key}")
    around.get_by_role("combobox").click()
    page.keyboard.type(option)
    expect(page.get_by_role("option", name=option)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(around.get_by_text(option, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)


def upload(page: Page, key: str, name: str, content: bytes) -> None:
    """Give a file to an uploader; the caller waits for what should come of it."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    settled(page)  # while a page is drawn again an uploader may stand there twice
    field = page.locator(f".st-key-{key} input[type=file]")
    expect(field).to_have_count(1)
    field.set_input_files(file)


def table_rows(page: Page, key: str) -> list[dict[str, str]]:
    """Return the rows of the HTML table in a place of the page; rows of one cell are left out."""
    table = page.locator(f".st-key-{key} table")
    expect(table).to_have_count(1)
    heads, *rows = table.evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return [dict(zip(heads, row, strict=True)) for row in rows if len(row) > 1]


def message_with(page: Page, text: str) -> dict[str, str]:
    """Wait for a message of the read report that holds this text, and return its row."""
    expect(page.locator(".st-key-leesverslag td").filter(has_text=text).first).to_be_attached()
    return next(row for row in table_rows(page, "leesverslag") if text in row["Melding"])


def verdicts(page: Page) -> dict[str, str]:
    """Return the verdict on each group, as the table of verdicts shows them."""
    return {row["Groep"]: row["Oordeel"] for row in table_rows(page, "oordelen")}


def choose_group(page: Page, group: str) -> Locator:
    """Click on a group in the table of verdicts; return its findings, written out below it."""
    button = page.locator(".st-key-oordelen").get_by_role("button", name=group, exact=True)
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    return page.locator(".st-key-oordelen .oi-details .oi-finding")


def choose_finding(findings: Locator, rule: str) -> Locator:
    """Click on the finding of a rule; return what stands there of it."""
    found = findings.filter(has=findings.page.get_by_role("button", name=f" · {rule} "))
    found.get_by_role("button").click()
    expect(found).to_have_class(re.compile("oi-chosen"))
    return found


class Grid:
    """A table of the app. It is painted; the words stand in the document for screen readers."""

    def __init__(self, around: Page | Locator, column: str | None = None) -> None:
        """Find the one table in a place, or the one that has this column in view."""
        self.locator = around.get_by_test_id("stDataFrame")
        if column is not None:
            self.locator = self.locator.filter(
                has=around.locator(f'[role=columnheader]:text-is("{column}")')
            )
        expect(self.locator).to_have_count(1)

    def columns(self) -> list[str]:
        """Return the column heads."""
        return self.locator.evaluate(
            "grid => [...grid.querySelectorAll('[role=columnheader]')].map(e => e.textContent)"
        )

    def rows(self) -> list[dict[str, str]]:
        """Return the rows that are in view."""
        cells: list[list[str]] = self.locator.evaluate(
            """grid => [...grid.querySelectorAll('tbody [role=row]')].map(
                row => [...row.querySelectorAll('[role=gridcell]')].map(e => e.textContent))"""
        )
        columns = self.columns()
        return [dict(zip(columns, row, strict=True)) for row in cells]

    def wait_for(self, text: str) -> None:
        """Wait until a cell in view holds this text."""
        cells = self.locator.locator("[role=gridcell]")
        expect(cells.filter(has_text=text).first).to_be_attached()

    def row_with(self, text: str) -> dict[str, str]:
        """Wait for a row in view that holds this text, and return it."""
        row = self.locator.locator("tbody [role=row]").filter(has_text=text).first
        expect(row).to_be_attached()
        cells = row.evaluate(
            "row => [...row.querySelectorAll('[role=gridcell]')].map(e => e.textContent)"
        )
        return dict(zip(self.columns(), cells, strict=True))

    def click_row(self, position: int) -> None:
        """Click on the row at this position in view."""
        over_canvas = self.locator.locator(".dvn-scroller")
        over_canvas.click(position={"x": 120, "y": ROW_HEIGHT * (position + 1.5)})
