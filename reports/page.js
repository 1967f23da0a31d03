"use strict";
(function () {
  var root = document.documentElement;
  var data = JSON.parse(document.getElementById("data").textContent);
  var charts = {};
  var titles = [];

  function english() { return root.lang === "en"; }

  function draw() {
    Object.keys(data).forEach(function (id) {
      var box = document.getElementById("chart-" + id);
      if (!box) { return; }
      var option = data[id][english() ? "en" : "zh"];
      var rows = 0;
      (Array.isArray(option.yAxis) ? option.yAxis : [option.yAxis]).forEach(function (axis) {
        if (axis && axis.type === "category" && axis.data) { rows = axis.data.length; }
      });
      if (rows) { box.style.height = (rows * option.series.length * 15 + rows * 14 + 80) + "px"; }
      // Labels are drawn as text on a canvas, never as markup.
      option.tooltip.renderMode = "richText";
      option.tooltip.confine = true;
      option.toolbox = undefined;
      option.legend.type = "scroll";
      option.aria = { enabled: true };
      if (!charts[id]) { charts[id] = echarts.init(box, null, { renderer: "svg" }); }
      charts[id].setOption(option, true);
      charts[id].resize();
    });
  }

  function language(l) {
    root.lang = l;
    titles.forEach(function (t) { t.node.textContent = english() ? t.en : t.zh; });
    draw();
  }

  document.querySelectorAll("#map .areas path").forEach(function (p) {
    var t = p.querySelector("title");
    titles.push({ node: t, zh: t.textContent, en: p.getAttribute("data-en") });
  });
  document.getElementById("switch").addEventListener("click", function () { language(english() ? "zh-CN" : "en"); });
  document.querySelectorAll(".layer").forEach(function (b) {
    b.addEventListener("click", function () {
      var layer = b.getAttribute("data-layer");
      document.querySelectorAll(".layer").forEach(function (o) { o.setAttribute("aria-pressed", String(o === b)); });
      document.querySelectorAll(".legend").forEach(function (o) { o.hidden = o.getAttribute("data-layer") !== layer; });
      document.querySelectorAll("#map .areas path").forEach(function (p) {
        p.setAttribute("class", p.getAttribute("data-fills").split(" ")[Number(layer)]);
      });
    });
  });
  var wait = 0;
  function fit() { Object.keys(charts).forEach(function (id) { charts[id].resize(); }); }
  window.addEventListener("resize", function () { window.clearTimeout(wait); wait = window.setTimeout(fit, 100); });
  window.addEventListener("beforeprint", fit);
  language(location.hash === "#en" ? "en" : "zh-CN");
}());
