// A table of which a row, or something within a row, can be chosen: by a click anywhere on it, or by
// the key of the button in it. The server answers with the table anew; the focus stays where it was.
export default function ({ data, parentElement, setStateValue }) {
  let place = parentElement.querySelector(".oi-choices");
  if (!place) {
    place = document.createElement("div");
    place.className = "oi-choices stHtml";
    parentElement.appendChild(place);
  }
  place.onclick = (event) => {
    const found = event.target.closest("[data-choice]");
    if (!found) return;
    const folds = found.closest("tr").classList.contains("oi-open");
    setStateValue("choice", folds ? "" : found.dataset.choice);
  };
  if (place.oiGeoHtml !== data.table) {
    const had = place.contains(document.activeElement) && document.activeElement.dataset.choice;
    place.innerHTML = data.table; // made by our own code, in which every text is escaped
    place.oiGeoHtml = data.table;
    if (had) place.querySelector(`button[data-choice="${CSS.escape(had)}"]`)?.focus();
  }
}
