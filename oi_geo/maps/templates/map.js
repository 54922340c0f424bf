// What folium has no element for: tooltips, themes, labels that keep clear of each other, and the
// messages of the page around the map. Names and texts are data: they only enter the document by
// textContent, never as HTML.
"use strict";
var oiGeo = (function () {
  var units = [];
  var highlight = null;

  function element(tag, text, className) {
    var made = document.createElement(tag);
    if (text !== undefined) { made.textContent = text; }
    if (className) { made.className = className; }
    return made;
  }

  // A card: a name and rows of [label, text]; rows without a text are left out.
  function card(name, rows) {
    var box = element("div", undefined, "oi-info");
    var table = element("table");
    box.appendChild(element("div", name, "oi-name"));
    rows.forEach(function (row) {
      if (row[1] === null || row[1] === undefined) { return; }
      var line = element("tr");
      line.appendChild(element("th", row[0]));
      line.appendChild(element("td", row[1]));
      table.appendChild(line);
    });
    box.appendChild(table);
    return box;
  }

  function cardOf(fields) {
    return function (layer) {
      var values = layer.feature.properties;
      return card(values.naam, fields.map(function (field) { return [field[1], values[field[0]]]; }));
    };
  }

  // For every feature of a layer: a tooltip, a popup with the same card where asked for.
  function describe(fields, withPopup) {
    var content = cardOf(fields);
    return function (feature, layer) {
      layer.bindTooltip(content, { sticky: true, opacity: 0.97 });
      if (withPopup) { layer.bindPopup(content, { maxWidth: 360, autoPanPaddingTopLeft: [55, 60] }); }
    };
  }

  function describeUnit(fields) {
    var tell = describe(fields, false);
    return function (feature, layer) {
      units.push(layer);
      tell(feature, layer);
    };
  }

  function ownStyle(feature) { return feature.properties.stijl; }

  function circle(feature, place) { return L.circleMarker(place, feature.properties.stijl); }

  // A theme is a layer of its own to the layer control: adding it colours the units.
  var Theme = L.Layer.extend({
    initialize: function (theme) { this.theme = theme; },
    onAdd: function () {
      var theme = this.theme;
      units.forEach(function (layer, i) { layer.setStyle({ fillColor: theme.colours[theme.index[i]] }); });
      document.querySelectorAll("section[data-theme]").forEach(function (part) {
        part.hidden = part.dataset.theme !== theme.name;
      });
      document.documentElement.dataset.theme = theme.name;
    },
    onRemove: function () {}
  });

  function overlaps(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  // Labels: [text, lat, lon], most important first. A label that would cover another one moves up
  // or down by its height, and is hidden where that does not help.
  function labels(map, group, list) {
    list.forEach(function (item) {
      var icon = L.divIcon({ className: "", iconSize: [0, 0], html: element("div", item[0], "oi-label") });
      L.marker([item[1], item[2]], { icon: icon, interactive: false, keyboard: false }).addTo(group);
    });
    function place() {
      var taken = [];
      if (!map.hasLayer(group)) { return; }
      document.querySelectorAll(".oi-label").forEach(function (label) {
        label.style.visibility = "visible";
        label.style.marginTop = "0px";
        var box = label.getBoundingClientRect();
        var free = [0, -1, 1].find(function (step) {
          var shift = step * (box.height + 2);
          var moved = { left: box.left, right: box.right, top: box.top + shift, bottom: box.bottom + shift };
          if (taken.some(function (other) { return overlaps(moved, other); })) { return false; }
          taken.push(moved);
          label.style.marginTop = shift + "px";
          return true;
        });
        if (free === undefined) { label.style.visibility = "hidden"; }
      });
    }
    map.on("zoomend overlayadd resize", place);
    map.whenReady(function () { setTimeout(place, 0); });
  }

  function isBounds(value) {
    return Array.isArray(value) && value.length === 2 && value.every(function (corner) {
      return Array.isArray(corner) && corner.length === 2 && Number.isFinite(corner[0]) &&
        Number.isFinite(corner[1]) && Math.abs(corner[0]) <= 90 && Math.abs(corner[1]) <= 180;
    });
  }

  function isCodes(value) {
    return Array.isArray(value) && value.length <= 50000 && value.every(function (code) {
      return typeof code === "string" && /^[A-Z]{2}[0-9A-Z]{4,8}$/.test(code);
    });
  }

  function show(map, focus) {
    if (highlight) { highlight.remove(); highlight = null; }
    document.documentElement.dataset.focus = focus ? focus.id : "";
    if (!focus) { return; }
    var wanted = new Set(focus.codes);
    var found = units.filter(function (layer) {
      var values = layer.feature.properties;
      return wanted.has(values.code) || wanted.has(values.gemeentecode);
    }).map(function (layer) { return layer.feature; });
    highlight = L.layerGroup([["#fff", 8], ["#000", 4]].map(function (line) {
      return L.geoJSON(found, {
        interactive: false, style: { fill: false, color: line[0], weight: line[1], opacity: 1 }
      });
    })).addTo(map);
    map.fitBounds(focus.bounds, { padding: [40, 40], maxZoom: 14 });
  }

  // The page around the map may ask to show a place or a theme; anything else is ignored.
  function listen(map, themes) {
    window.addEventListener("message", function (event) {
      var message = event.data;
      if (event.source !== window.parent || message === null || typeof message !== "object") { return; }
      if (message.type === "oi-geo-focus") {
        var focus = message.focus;
        if (focus === null) { show(map, null); }
        else if (typeof focus === "object" && typeof focus.id === "string" && focus.id.length < 200 &&
            isBounds(focus.bounds) && isCodes(focus.codes)) { show(map, focus); }
      } else if (message.type === "oi-geo-theme") {
        var chosen = themes.find(function (layer) { return layer.theme.name === message.theme; });
        if (!chosen || map.hasLayer(chosen)) { return; }
        themes.forEach(function (layer) { layer.remove(); });
        chosen.addTo(map);
      }
    });
  }

  // Practices stay on top of what is switched on later.
  function keepOnTop(map, layer) {
    map.on("overlayadd", function () { if (map.hasLayer(layer)) { layer.bringToFront(); } });
  }

  // What of the area is in view.
  function inView(map, area) {
    var seen = map.getBounds();
    var whole = L.latLngBounds(area);
    if (!seen.intersects(whole)) { return seen; }
    return L.latLngBounds(
      [Math.max(seen.getSouth(), whole.getSouth()), Math.max(seen.getWest(), whole.getWest())],
      [Math.min(seen.getNorth(), whole.getNorth()), Math.min(seen.getEast(), whole.getEast())]
    );
  }

  // On paper the map shows what it showed on screen, drawn for the size that it has there. Leaflet
  // paints in the next animation frame, which a browser that prints does not wait for.
  function paper(map, area) {
    var seen = null;
    function draw(place) {
      var snap = map.options.zoomSnap;
      map.options.zoomSnap = 0;
      map.invalidateSize({ animate: false });
      place();
      map.options.zoomSnap = snap;
      map.getRenderer(units[0])._redraw();
    }
    function toPaper() {
      if (seen) { return; }
      seen = { centre: map.getCenter(), zoom: map.getZoom() };
      var bounds = inView(map, area);
      draw(function () { map.fitBounds(bounds, { padding: [8, 8], animate: false }); });
    }
    function toScreen() {
      if (!seen) { return; }
      var before = seen;
      seen = null;
      draw(function () { map.setView(before.centre, before.zoom, { animate: false }); });
    }
    window.matchMedia("print").addEventListener("change", function (print) {
      if (print.matches) { toPaper(); } else { toScreen(); }
    });
    window.addEventListener("afterprint", toScreen);
  }

  // A frame that is not laid out yet has no size, and nothing fits in it: wait until it has one.
  function fit(map, bounds) {
    var size = map.getSize();
    var fits = size.x > 40 && size.y > 40;
    if (fits) { map.fitBounds(bounds, { padding: [10, 10], animate: false }); }
    return fits;
  }

  function start(map, themes, bounds) {
    var fitted = fit(map, bounds);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    listen(map, themes);
    paper(map, bounds);
    new ResizeObserver(function () {
      map.invalidateSize();
      fitted = fitted || fit(map, bounds);
    }).observe(map.getContainer());
    document.documentElement.dataset.ready = "ja";
  }

  return {
    describe: describe, describeUnit: describeUnit, ownStyle: ownStyle, circle: circle, Theme: Theme,
    labels: labels, keepOnTop: keepOnTop, start: start
  };
})();
