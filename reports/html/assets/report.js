// Draws a chart above the table of every figure, from that table alone. Without it, the tables stay open.
"use strict";

(() => {
  const ROW = 24; // pixels for each mode
  const FRAME = 74; // for the axis and the legend

  const units = {
    us: (v) => (v < 1e3 ? `${short(v)} µs` : v < 1e6 ? `${short(v / 1e3)} ms` : `${short(v / 1e6)} s`),
    kib: (v) => (v < 1024 ? `${short(v)} KiB` : `${short(v / 1024)} MiB`),
    per_s: (v) => `${short(v)}/s`,
  };
  const short = (v) => Number(v.toPrecision(3)).toLocaleString("en");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // {labels, series: [{name, unit, values, texts}]}; what was not measured is null.
  function readTable(table) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const value = (cell) => ("value" in cell.dataset ? Number(cell.dataset.value) : null);
    return {
      labels: rows.map((row) => row.cells[0].textContent),
      series: heads.map((head, index) => ({
        name: head.textContent,
        unit: head.dataset.unit,
        values: rows.map((row) => value(row.cells[index + 1])),
        texts: rows.map((row) => row.cells[index + 1].textContent),
      })),
    };
  }

  const POINTS = ["circle", "rectRot", "triangle"];

  function pointsOf(data) {
    const ends = data.labels.map((_, row) => {
      const values = data.series.map((one) => one.values[row]).filter((v) => v !== null);
      return values.length > 1 ? [Math.min(...values), Math.max(...values)] : null;
    });
    const sets = data.series.map((one, index) => ({
      type: "line",
      showLine: false,
      label: one.name,
      data: one.values,
      texts: one.texts,
      role: `series-${index + 1}`,
      pointStyle: POINTS[index],
      pointRadius: index === 0 ? 5 : 6,
      pointHoverRadius: 8,
      order: 0,
    }));
    return [...sets, { type: "bar", data: ends, role: "line", barThickness: 3, order: 1 }];
  }

  function barsOf(data) {
    return data.series.map((one, index) => ({
      type: "bar",
      label: one.name,
      data: one.values,
      texts: one.texts,
      role: `series-${index + 1}`,
      barPercentage: 0.72,
      categoryPercentage: 0.95,
    }));
  }

  function paint(chart) {
    for (const set of chart.data.datasets) {
      set.backgroundColor = set.borderColor = colour(set.role);
    }
    const { scales, plugins } = chart.options;
    scales.x.grid.color = colour("line");
    scales.x.ticks.color = colour("muted");
    scales.y.ticks.color = colour("ink");
    plugins.legend.labels.color = colour("ink");
    Object.assign(plugins.tooltip, {
      backgroundColor: colour("ink"),
      titleColor: colour("paper"),
      bodyColor: colour("paper"),
    });
  }

  // Of a logarithmic axis only the powers of ten are written.
  function tick(scale, write) {
    return (v) => (scale === "log" && Math.abs(Math.log10(v) % 1) > 1e-6 ? "" : write(v));
  }

  function options(figure, data) {
    const { kind, scale } = figure.dataset;
    const write = units[data.series[0].unit];
    return {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", axis: "y", intersect: false },
      scales: {
        x: {
          type: scale === "log" ? "logarithmic" : "linear",
          beginAtZero: scale !== "log",
          stacked: kind === "stack",
          grid: { drawBorder: false },
          ticks: { callback: tick(scale, write), maxRotation: 0, autoSkipPadding: 16 },
        },
        y: {
          stacked: kind === "stack",
          grid: { display: false, drawBorder: false },
          ticks: { autoSkip: false, font: { size: 11 } },
        },
      },
      plugins: {
        legend: {
          display: data.series.length > 1,
          align: "start",
          labels: { usePointStyle: kind === "points", boxWidth: 10, filter: (item) => Boolean(item.text) },
        },
        tooltip: {
          displayColors: false,
          filter: (item) => Boolean(item.dataset.texts),
          callbacks: { label: (item) => `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` },
        },
      },
    };
  }

  function draw(figure) {
    const data = readTable(figure.querySelector("table"));
    const box = document.createElement("div");
    const canvas = document.createElement("canvas");
    box.className = "canvas";
    box.style.height = `${data.labels.length * ROW + FRAME}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Chart of the table that follows");
    box.append(canvas);
    figure.querySelector("figcaption").after(box);
    figure.querySelector("details").open = false;
    const datasets = figure.dataset.kind === "points" ? pointsOf(data) : barsOf(data);
    const chart = new Chart(canvas, {
      type: "bar",
      data: { labels: data.labels, datasets },
      options: options(figure, data),
    });
    paint(chart);
    chart.update("none");
    return chart;
  }

  if (typeof Chart === "undefined") return;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const charts = [...document.querySelectorAll("figure")].map(draw);
  const repaint = () => {
    for (const chart of charts) {
      paint(chart);
      chart.resize();
      chart.update("none");
    }
  };
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", repaint);
  }
})();
