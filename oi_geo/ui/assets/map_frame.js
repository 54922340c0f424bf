// A map document in a frame that may run its own scripts and nothing else. The frame, and with it
// the place and zoom that somebody chose, stays as long as the document is the same. It grows where
// the document says that its legend needs more room than it has.
const MOST_HIGH = 1800;

export default function ({ data, parentElement }) {
  document.documentElement.lang = "nl"; // Streamlit says English, to whoever has the page read out
  let frame = parentElement.querySelector("iframe");
  if (!frame) {
    frame = document.createElement("iframe");
    frame.className = "oi-geo-map";
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("data-testid", "oi-geo-map");
    frame.style.cssText = "width:100%;border:1px solid #c8d0d6;border-radius:4px;display:block";
    frame.addEventListener("load", () => {
      frame.dataset.loaded = frame.dataset.hash || "";
      const waiting = (window.oiGeoMessages || {})[frame.dataset.map] || [];
      waiting.forEach((message) => frame.contentWindow.postMessage(message, "*"));
    });
    window.addEventListener("message", ({ source, data: message }) => {
      if (source !== frame.contentWindow || !message || message.type !== "oi-geo-height") { return; }
      const wanted = Math.min(message.height, MOST_HIGH) + frame.offsetHeight - frame.clientHeight;
      if (wanted > frame.offsetHeight) { frame.style.height = `${wanted}px`; }
    });
    parentElement.appendChild(frame);
  }
  frame.title = data.title;
  frame.dataset.map = data.map;
  if (frame.dataset.hash !== data.hash) {
    frame.style.height = `${data.height}px`;
    frame.dataset.hash = data.hash;
    frame.dataset.loaded = "";
    frame.srcdoc = data.html;
  }
}
