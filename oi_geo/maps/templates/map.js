// What folium has no element for: tooltips, themes, labels that keep clear of each other, and the
// messages of the page around the map. Names and texts are data: they only enter the document by
// textContent, never as HTML.
"use strict";
var oiGeo = (function () {
  var units = [];
  var dots = [];
  // How wide a name may be, in widths of the largest circle around it that lies in its group.
  var ROOM = 1.6;
  // So far (pixels) from its group a number may stand.
  var FARTHEST = 96;
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

  // The card of a popup: what is one sign of several (`lijst`) names each on a line of its own.
  function longCardOf(fields) {
    var content = cardOf(fields);
    return function (layer) {
      var box = content(layer);
      var lines = layer.feature.properties.lijst;
      if (lines) {
        var list = element("ul");
        lines.forEach(function (line) { list.appendChild(element("li", line)); });
        box.insertBefore(list, box.lastChild);
      }
      return box;
    };
  }

  // For every feature of a layer: a card under the pointer, a popup with the same where asked for.
  function describe(fields, withPopup) {
    var content = cardOf(fields);
    return function (feature, layer) {
      layer.oiCard = content;
      layer.on("mouseover mousemove", function (event) { tip.show(event, layer); });
      layer.on("mouseout", function () { tip.hide(); });
      if (withPopup) {
        layer.bindPopup(longCardOf(fields), {
          maxWidth: 340, maxHeight: 220, autoPanPaddingTopLeft: [55, 20], autoPanPaddingBottomRight: [60, 30]
        });
      }
    };
  }

  function describeUnit(fields) {
    var tell = describe(fields, false);
    return function (feature, layer) {
      units.push(layer);
      tell(feature, layer);
    };
  }

  // The unit at a place on the map. Leaflet knows only what is drawn on top there, and that may be
  // a dot or the line of a finding.
  function unitAt(map, latlng) {
    var point = map.latLngToLayerPoint(latlng);
    return units.find(function (layer) {
      return layer._pxBounds && layer._pxBounds.contains(point) && layer._containsPoint(point);
    });
  }

  function boxIn(map, element) {
    var frame = map.getContainer().getBoundingClientRect();
    var box = element.getBoundingClientRect();
    return { left: box.left - frame.left, right: box.right - frame.left,
      top: box.top - frame.top, bottom: box.bottom - frame.top };
  }

  // What the card under the pointer may not cover.
  function inTheWay(map) {
    var found = map.getContainer().querySelectorAll(".leaflet-popup, .leaflet-control");
    return Array.from(found).map(function (element) { return boxIn(map, element); });
  }

  // The card that follows the pointer: what is there, and always the unit. It stands on the side
  // where there is room; where there is none a popup makes way.
  var tip = {
    box: null,
    show: function (event, layer) {
      var map = layer._map;
      if (!map) { return; }
      if (!tip.box) {
        tip.box = map.getContainer().appendChild(element("div", undefined, "leaflet-tooltip oi-tip"));
        tip.box.setAttribute("role", "status");
      }
      var unit = unitAt(map, event.latlng);
      var told = layer.oiHidden ? [unit] : [layer, unit];
      tip.box.replaceChildren.apply(tip.box, told.filter(function (one, i) {
        return one && told.indexOf(one) === i;
      }).map(function (one) { return one.oiCard(one); }));
      tip.box.hidden = false;
      if (!tip.place(map, event.containerPoint, inTheWay(map))) {
        map.closePopup();
        tip.place(map, event.containerPoint, inTheWay(map));
      }
    },
    // Put the card where it is clear: at a corner of the pointer, else beside what is in the way.
    // Returns false where there is no such place; it then stands at a corner.
    place: function (map, point, others) {
      var size = map.getSize();
      var wide = tip.box.offsetWidth, high = tip.box.offsetHeight;
      var right = point.x + 14, left = point.x - 14 - wide, low = point.y + 14, top = point.y - 14 - high;
      var spots = [[right, low], [left, low], [right, top], [left, top]];
      others.forEach(function (other) {
        [right, left].forEach(function (x) { spots.push([x, other.bottom + 4], [x, other.top - 4 - high]); });
        [low, top].forEach(function (y) { spots.push([other.left - 4 - wide, y], [other.right + 4, y]); });
      });
      var boxes = spots.map(function (spot) {
        var x = Math.max(2, Math.min(spot[0], size.x - wide - 2));
        var y = Math.max(2, Math.min(spot[1], size.y - high - 2));
        return { left: x, top: y, right: x + wide, bottom: y + high };
      }).filter(function (box) {
        return !(point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom);
      });
      var clear = boxes.find(function (box) {
        return !others.some(function (other) { return overlaps(box, other); });
      });
      var best = clear || boxes[0] || { left: 2, top: 2 };
      tip.box.style.left = best.left + "px";
      tip.box.style.top = best.top + "px";
      return clear !== undefined;
    },
    hide: function () { if (tip.box) { tip.box.hidden = true; } }
  };

  // Of popup and layer panel only one is open where they would cover each other.
  function makeWay(map) {
    var panel = map.getContainer().querySelector(".leaflet-control-layers");
    if (!panel) { return; }
    function meet() {
      var popup = map.getContainer().querySelector(".leaflet-popup");
      return popup && overlaps(boxIn(map, panel), boxIn(map, popup));
    }
    panel.addEventListener("mouseenter", tip.hide);
    new MutationObserver(function () {
      if (panel.classList.contains("leaflet-control-layers-expanded") && meet()) { map.closePopup(); }
    }).observe(panel, { attributes: true, attributeFilter: ["class"] });
    map.on("popupopen", function () {
      tip.hide();
      panel.classList.remove("leaflet-control-layers-expanded");
    });
  }

  function ownStyle(feature) { return feature.properties.stijl; }

  // A square on the canvas, to half its side what a circle is to its radius.
  var Square = L.CircleMarker.extend({
    _updatePath: function () {
      var canvas = this._renderer, at = this._point, half = Math.round(this._radius);
      if (!canvas._drawing || this._empty()) { return; }
      canvas._ctx.beginPath();
      canvas._ctx.rect(at.x - half, at.y - half, 2 * half, 2 * half);
      canvas._fillStroke(canvas._ctx, this);
    },
    _containsPoint: function (point) {
      var away = point.subtract(this._point), reach = this._radius + this._clickTolerance();
      return Math.max(Math.abs(away.x), Math.abs(away.y)) <= reach;
    }
  });

  function circle(feature, place) {
    var style = feature.properties.stijl;
    var dot = style.square ? new Square(place, style) : L.circleMarker(place, style);
    dots.push(dot);
    return dot;
  }

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
      this._map.fire("oi-theme");
    },
    onRemove: function () {}
  });

  function overlaps(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  // Which dots are drawn under a box; looked up by cells, because there may be thousands.
  function dotFinder(map) {
    var cell = 40, cells = new Map();
    var view = map.getSize();
    dots.forEach(function (dot) {
      if (!map.hasLayer(dot)) { return; }
      var p = map.latLngToContainerPoint(dot.getLatLng());
      var r = dot.getRadius() + dot.options.weight / 2 + 1;
      if (p.x < -r || p.y < -r || p.x > view.x + r || p.y > view.y + r) { return; }
      var box = { left: p.x - r, right: p.x + r, top: p.y - r, bottom: p.y + r, dot: dot };
      var key = Math.floor(p.x / cell) + "," + Math.floor(p.y / cell);
      if (!cells.has(key)) { cells.set(key, []); }
      cells.get(key).push(box);
    });
    return function (box) {
      var found = [];
      for (var x = Math.floor(box.left / cell) - 1; x <= Math.floor(box.right / cell) + 1; x += 1) {
        for (var y = Math.floor(box.top / cell) - 1; y <= Math.floor(box.bottom / cell) + 1; y += 1) {
          (cells.get(x + "," + y) || []).forEach(function (other) {
            if (overlaps(box, other)) { found.push(other.dot); }
          });
        }
      }
      return found;
    };
  }

  function hideDot(dot) {
    dot.oiHidden = true;
    dot.setStyle({ opacity: 0, fillOpacity: 0 });
  }

  function showDot(dot) {
    dot.oiHidden = false;
    dot.setStyle({ opacity: 1, fillOpacity: dot.feature.properties.stijl.fillOpacity });
  }

  // Labels: [lines, number, [[lat, lon, reach in metres], ...]], the most important first. A group
  // gets its name where that fits in it, clear of other labels and if it can of dots; else its
  // number, beside it with a line where there is no room in it. What has no number is named where its name fits, and not at all elsewhere: in grey if it
  // is no group (an empty number and not null). What still lies under a label is not drawn as long as
  // the label stands there.
  function labels(map, group, list) {
    var made = list.map(function (item) {
      if (item[1] === null) { return { item: item, forms: [form(item[0], "oi-label")] }; }
      if (!item[1]) { return { item: item, forms: [form(item[0], "oi-label oi-beside")] }; }
      return { item: item, forms: [form(item[0], "oi-label"), form([item[1]], "oi-label oi-number")] };
    });
    var covered = [];
    group.onAdd = function () { place(); };
    group.onRemove = clear;

    function form(lines, className) {
      var box = element("div", undefined, className);
      lines.forEach(function (line) { box.appendChild(element("span", line)); });
      return { box: box, size: null };
    }
    function clear() {
      made.forEach(function (one) {
        one.forms.forEach(function (form) { form.box.remove(); });
        if (one.line) { one.line.remove(); }
      });
      covered.forEach(showDot);
      covered = [];
    }
    function measure() {
      var pane = map.getPane("markerPane");
      var forms = [].concat.apply([], made.map(function (one) { return one.forms; }));
      forms.forEach(function (form) { pane.appendChild(form.box); });
      forms.forEach(function (form) { form.size = [form.box.offsetWidth, form.box.offsetHeight]; });
      forms.forEach(function (form) { form.box.remove(); });
    }
    function boxAt(form, x, y) {
      return { x: x, y: y, left: x - form.size[0] / 2 - 1, right: x + form.size[0] / 2 + 1,
        top: y - form.size[1] / 2 - 1, bottom: y + form.size[1] / 2 + 1 };
    }
    function inView(box) {
      var view = map.getSize();
      return box.left >= 0 && box.top >= 0 && box.right <= view.x && box.bottom <= view.y;
    }
    // The nearest free place beside a group, and the point in the group that a line leads to.
    function aside(one, form, isFree) {
      var p = one.points[0];
      if (!inView(boxAt(form, p.x, p.y))) { return null; }
      for (var away = 16; away <= FARTHEST; away += 8) {
        for (var turn = 0; turn < 16; turn += 1) {
          var angle = turn * Math.PI / 8;
          var box = boxAt(form, p.x + away * Math.cos(angle), p.y + away * Math.sin(angle));
          if (inView(box) && isFree(box)) { return { form: form, box: box, hit: [], from: p }; }
        }
      }
      return null;
    }
    function lineTo(one, best) {
      var from = map.containerPointToLayerPoint([best.from.x, best.from.y]);
      var x = best.box.x - best.from.x, y = best.box.y - best.from.y;
      one.line = one.line || element("div", undefined, "oi-line");
      one.line.style.left = from.x + "px";
      one.line.style.top = from.y + "px";
      one.line.style.width = Math.hypot(x, y) + "px";
      one.line.style.transform = "rotate(" + Math.atan2(y, x) + "rad)";
      return one.line;
    }
    // Every place that a form may have in a group, as boxes on the map.
    function boxes(one, form) {
      var found = [];
      one.points.forEach(function (p) {
        if (!p.fits(form)) { return; }
        [0, -1, 1, -2, 2].forEach(function (step) {
          var x = p.x, y = p.y + step * form.size[1] / 2;
          if (Math.abs(y - p.y) > p.reach) { return; }
          var box = boxAt(form, x, y);
          if (inView(box)) { found.push(box); }
        });
      });
      return found;
    }
    function place() {
      clear();
      if (!map.hasLayer(group) || !made.length) { return; }
      if (!made[0].forms[0].size) { measure(); }
      var under = dotFinder(map), taken = inTheWay(map), pane = map.getPane("markerPane");
      var metres = metresPerPixel(map);
      made.forEach(function (one) {
        one.points = one.item[2].map(function (at) {
          var p = map.latLngToContainerPoint([at[0], at[1]]);
          p.reach = at[2] / metres;
          p.fits = function (form) { return form === one.forms[1] || form.size[0] <= ROOM * 2 * p.reach; };
          return p;
        });
        var best = null;
        one.forms.some(function (form) {
          boxes(one, form).some(function (box) {
            if (taken.some(function (other) { return overlaps(box, other); })) { return false; }
            var hit = under(box);
            if (!best || hit.length < best.hit.length) { best = { form: form, box: box, hit: hit }; }
            return best.hit.length === 0;
          });
          return best !== null;
        });
        if (!best && one.forms.length > 1) {
          best = aside(one, one.forms[1], function (box) {
            return !under(box).length && !taken.some(function (other) { return overlaps(box, other); });
          });
        }
        if (!best) { return; }
        taken.push(best.box);
        best.hit.forEach(function (dot) { if (!dot.oiHidden) { hideDot(dot); covered.push(dot); } });
        var at = map.containerPointToLayerPoint([best.box.x, best.box.y]);
        best.form.box.style.left = at.x + "px";
        best.form.box.style.top = at.y + "px";
        if (best.from) { pane.appendChild(lineTo(one, best)); }
        pane.appendChild(best.form.box);
      });
    }
    map.on("zoomstart", clear);
    map.on("zoomend moveend overlayadd overlayremove resize", place);
    map.on("oi-ready", place);
  }

  function metresPerPixel(map) {
    var middle = map.getSize().divideBy(2);
    var aside = middle.add([100, 0]);
    return map.distance(map.containerPointToLatLng(middle), map.containerPointToLatLng(aside)) / 100;
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

  // The outline of units together: the parts of their borders that only one of them has. Units
  // share their vertices, so that a common border is the same pairs of points in both.
  function outline(features) {
    var once = new Map();
    features.forEach(function (feature) {
      var shape = feature.geometry;
      var polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
      polygons.forEach(function (rings) {
        rings.forEach(function (ring) {
          for (var i = 1; i < ring.length; i += 1) {
            var ends = [ring[i - 1], ring[i]];
            var key = ends.map(String).sort().join(";");
            if (once.has(key)) { once.delete(key); } else { once.set(key, ends); }
          }
        });
      });
    });
    return Array.from(once.values(), function (ends) {
      return ends.map(function (end) { return [end[1], end[0]]; });
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
    var lines = outline(found);
    highlight = L.layerGroup([["#fff", 7], ["#000", 3.5]].map(function (line) {
      return L.polyline(lines, { interactive: false, color: line[0], weight: line[1], opacity: 1 });
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

  // Ask the page around the map for as much height as the legend needs, with a map of some size
  // above it where the screen is narrow.
  function askForRoom(map) {
    if (window.parent === window) { return 0; }
    var high = ["head", "legend", "foot"].map(function (part) {
      var element = document.querySelector(".oi-" + part);
      return Math.max(element.scrollHeight, element.offsetHeight);
    });
    var below = document.querySelector(".oi-legend").offsetTop > map.getContainer().offsetTop;
    var wanted = high[0] + high[1] + high[2] + (below ? 420 : 0);
    if (wanted <= window.innerHeight + 2) { return 0; }
    window.parent.postMessage({ type: "oi-geo-height", height: wanted }, "*");
    return wanted;
  }

  function start(map, themes, bounds) {
    var fitted = fit(map, bounds);
    var wanted = askForRoom(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    listen(map, themes);
    paper(map, bounds);
    map._fadeAnimated = false; // a popup that makes way is gone at once
    makeWay(map);
    map.on("movestart zoomstart", tip.hide);
    map.on("oi-theme", function () { askForRoom(map); });
    map.whenReady(function () { setTimeout(function () { map.fire("oi-ready"); }, 0); });
    new ResizeObserver(function () {
      map.invalidateSize();
      wanted = askForRoom(map) || wanted;
      if (wanted && window.innerHeight >= Math.min(wanted, 1800)) { fitted = wanted = 0; }
      fitted = fitted || (!highlight && fit(map, bounds));
    }).observe(map.getContainer());
    document.documentElement.dataset.ready = "ja";
  }

  return {
    describe: describe, describeUnit: describeUnit, ownStyle: ownStyle, circle: circle, Theme: Theme,
    labels: labels, keepOnTop: keepOnTop, start: start
  };
})();
