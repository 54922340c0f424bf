// Says to the frame of a map what to show: a place, a theme. Only the message itself comes from the
// server, a few bytes; a map that is still loading gets it as soon as it can listen.
export default function ({ data, parentElement }) {
  const said = parentElement.oiGeoSaid || {};
  const messages = [
    { type: "oi-geo-theme", theme: data.theme },
    { type: "oi-geo-focus", focus: data.focus },
  ];
  window.oiGeoMessages = window.oiGeoMessages || {};
  window.oiGeoMessages[data.map] = messages;
  const frame = document.querySelector(`iframe.oi-geo-map[data-map="${CSS.escape(data.map)}"]`);
  if (frame && frame.dataset.loaded) {
    messages
      .filter((message) => said[message.type] !== JSON.stringify(message))
      .forEach((message) => frame.contentWindow.postMessage(message, "*"));
  }
  parentElement.oiGeoSaid = Object.fromEntries(messages.map((m) => [m.type, JSON.stringify(m)]));
}
