// Draws a chart above the table of every figure, from that table alone. Without it, the tables stay open.
//
// A figure says its kind and scale. What a table has for it: data-value on cells, data-unit on the heads of columns that are
// drawn, data-x where a line's points stand. Kinds: points, bars, stack and forest (a row of the table is a row of the chart);
// spans (cells with data-from and data-value: from and to); curve (a row is a line); lines (a body of the table is a line; the most
// of a column whose role is behind stands behind them as bars).
"use strict";

(() => {
  const ROW = 24; // pixels for each row
  const FRAME = 74; // for the axis and the legend
  const LINES = 340; // the height of a chart of lines
  const POINTS = ["circle", "rectRot", "triangle", "rect", "star", "crossRot"];
  const COLOURS = 8;

  const short = (value) => Number(value.toPrecision(3)).toLocaleString("en");
  const written = (steps) => (value, largest) => {
    const [size, unit] = steps.find(([least]) => largest >= least) || steps[steps.length - 1];
    return `${short(value / size)}${unit}`;
  };
  // How an axis writes its values: in the unit that suits the largest of them.
  const AXES = {
    us: written([[1e6, " s"], [1e3, " ms"], [1, " µs"]]),
    ms: written([[1e3, " s"], [1, " ms"]]),
    ns: written([[1e9, " s"], [1e6, " ms"], [1e3, " µs"], [1, " ns"]]),
    mib: written([[1, " MiB"]]),
    per_s: written([[1, "/s"]]),
    count: written([[1, ""]]),
    ratio: (value) => `${value > 1.0001 ? "+" : value < 0.9999 ? "−" : ""}${short(Math.abs(value - 1) * 100)} %`,
    percentile: (value) => `${Number((100 - 100 / value).toPrecision(6))} %`,
  };

  // The colours of report.css, read again when the scheme changes.
  const colours = new Map();
  function colour(name) {
    if (!colours.has(name)) {
      const style = getComputedStyle(document.documentElement);
      colours.set(name, style.getPropertyValue(`--${name}`).trim());
    }
    return colours.get(name);
  }
  const seriesColour = (index) => colour(`series-${(index % COLOURS) + 1}`);

  const numberOf = (cell, name) => (cell !== undefined && name in cell.dataset ? Number(cell.dataset[name]) : null);
  const textOf = (cell) => cell.textContent.trim().replace(/\s+/g, " ");

  // The columns that are drawn: [{name, unit, index, role}]
  function columnsOf(table) {
    return [...table.tHead.rows[0].cells]
      .map((head, index) => ({ name: head.textContent, unit: head.dataset.unit, role: head.dataset.role, x: numberOf(head, "x"), index }))
      .filter(({ unit }) => unit !== undefined);
  }

  // {labels, series: [{name, unit, values, texts}]}: a series for each column; what was not measured is null.
  function readRows(table) {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    return {
      labels: rows.map((row) => row.dataset.label || textOf(row.cells[0])),
      series: columnsOf(table).map(({ name, unit, role, index }) => ({
        name,
        unit,
        role,
        values: rows.map((row) => numberOf(row.cells[index], "value")),
        froms: rows.map((row) => numberOf(row.cells[index], "from")),
        texts: rows.map((row) => textOf(row.cells[index])),
      })),
    };
  }

  // A line for each row: its points stand where the heads say.
  function readCurves(table) {
    const columns = columnsOf(table);
    return [...table.tBodies[0].rows].map((row) => ({
      name: row.dataset.label || textOf(row.cells[0]),
      group: row.dataset.group,
      dashed: row.dataset.dashed,
      points: columns
        .map(({ x, index, name }) => ({ x, y: numberOf(row.cells[index], "value"), text: `${name}: ${textOf(row.cells[index])}` }))
        .filter(({ y }) => y !== null),
    }));
  }

  // A line for each body of the table, of one of its columns.
  function readLines(table, column) {
    return [...table.tBodies].map((body) => ({
      name: body.dataset.name,
      points: [...body.rows]
        .filter((row) => "x" in row.dataset)
        .map((row) => ({
          x: numberOf(row, "x"),
          y: numberOf(row.cells[column.index], "value"),
          text: `${row.dataset.at}: ${textOf(row.cells[column.index])}`,
        }))
        .filter(({ y }) => y !== null),
    }));
  }

  function setOf(one, index, more) {
    const paint = () => seriesColour(index);
    return { label: one.name, data: one.values, texts: one.texts, backgroundColor: paint, borderColor: paint, ...more };
  }

  const pointStyle = (index) => ({ pointStyle: POINTS[index % POINTS.length], pointRadius: index === 0 ? 5 : 6, pointHoverRadius: 8 });

  // A point for each value of a row, and a bar from the least of them to the largest.
  function pointSets(data) {
    const ends = data.labels.map((_, row) => {
      const values = data.series.map((one) => one.values[row]).filter((value) => value !== null);
      return values.length > 1 ? [Math.min(...values), Math.max(...values)] : null;
    });
    const points = data.series.map((one, index) =>
      setOf(one, index, { type: "line", showLine: false, ...pointStyle(index), clip: false, order: 0 }),
    );
    return [...points, { type: "bar", data: ends, backgroundColor: () => colour("line"), barThickness: 3, order: 1 }];
  }

  function barSets(data) {
    return data.series.map((one, index) => setOf(one, index, { barPercentage: 0.72, categoryPercentage: 0.95 }));
  }

  // What lasted from one instant to another: the longer it tends to last, the further behind, so that all are seen.
  function spanSets(data) {
    const thick = [0.75, 0.75, 0.25];
    const paint = (index) => (index === 2 ? colour("ink") : seriesColour(index));
    return data.series.map((one, index) =>
      setOf(one, index, {
        data: one.values.map((to, row) => (to === null || one.froms[row] === null ? null : [one.froms[row], to])),
        backgroundColor: () => paint(index),
        grouped: false,
        barPercentage: thick[index],
        minBarLength: 2,
        order: data.series.length - index,
      }),
    );
  }

  // The interval as a bar, the ratio as a point on it, what would be too much as a stroke.
  function forestSets(data) {
    const [ratio, low, high, margin] = ["ratio", "low", "high", "margin"].map((role) => data.series.find((one) => one.role === role));
    const bars = data.labels.map((_, row) => (low.values[row] === null ? null : [low.values[row], high.values[row]]));
    const paint = () => seriesColour(0);
    const point = { type: "line", showLine: false, clip: false };
    return [
      { ...point, label: "ratio", data: ratio.values, texts: ratio.texts, pointStyle: "rectRot", pointRadius: 5, pointHoverRadius: 8, backgroundColor: paint, borderColor: paint, order: 0 },
      { ...point, label: "margin", data: margin.values, texts: margin.texts, pointStyle: "line", rotation: 90, pointRadius: 9, pointHoverRadius: 11, borderWidth: 2, backgroundColor: () => colour("bad"), borderColor: () => colour("bad"), order: 1 },
      { label: "interval", data: bars, texts: low.texts.map((text, row) => `${text} to ${high.texts[row]}`), backgroundColor: () => colour("muted"), barThickness: 4, order: 2 },
    ];
  }

  function lineSets(lines, column) {
    const groups = [...new Set(lines.map((line) => line.group ?? line.name))];
    return lines.map((line, at) => {
      const index = groups.indexOf(line.group ?? line.name);
      const paint = () => seriesColour(index);
      return {
        type: "line",
        group: line.group ?? line.name,
        dashed: line.dashed,
        label: line.name,
        data: line.points.map(({ x, y }) => ({ x, y })),
        texts: line.points.map(({ text }) => text),
        backgroundColor: paint,
        borderColor: paint,
        borderWidth: line.dashed ? 1.5 : 2,
        borderDash: line.dashed ? [3, 4] : index >= COLOURS ? [8, 4] : [],
        pointStyle: POINTS[index % POINTS.length],
        pointRadius: line.dashed ? 4 : 2.5,
        pointHoverRadius: 7,
        order: at,
      };
    });
  }

  // The most of all lines at each place, on an axis of its own.
  function barsBehind(table, column) {
    const most = new Map();
    for (const { points } of readLines(table, column)) {
      for (const point of points) if (!(most.get(point.x)?.y > point.y)) most.set(point.x, point);
    }
    const points = [...most.values()].sort((one, other) => one.x - other.x);
    return {
      type: "bar",
      group: column.name,
      label: column.name,
      data: points.map(({ x, y }) => ({ x, y })),
      texts: points.map(({ text }) => text),
      backgroundColor: () => colour("line"),
      borderColor: () => colour("muted"),
      borderDash: [],
      borderWidth: 0,
      barThickness: 8,
      yAxisID: "behind",
      order: 99,
    };
  }

  // 1, 2 and 5 of every power of ten between the values, or the powers alone when there are many.
  function logAxis(all) {
    const values = all.filter((value) => value > 0);
    const decade = (value) => 10 ** Math.floor(Math.log10(value));
    const least = Math.min(...values);
    const most = Math.max(...values);
    const min = [5, 2, 1].map((step) => step * decade(least)).find((value) => value <= least * 0.95) || decade(least) / 2;
    const max = [1, 2, 5, 10].map((step) => step * decade(most)).find((value) => value >= most * 1.05) || decade(most) * 20;
    const steps = max / min > 200 ? [1] : [1, 2, 5];
    const ticks = [];
    for (let power = decade(min); power <= max; power *= 10) {
      ticks.push(...steps.map((step) => ({ value: step * power })).filter(({ value }) => value >= min && value <= max));
    }
    return { type: "logarithmic", min, max, afterBuildTicks: (axis) => (axis.ticks = ticks) };
  }

  // Percentiles: each step of the axis is as far from 100 % as a part of the one before.
  function tailAxis(values) {
    const most = Math.max(...values);
    const ticks = [1, 2, 4, 10, 20, 100, 1e3, 1e4, 1e5, 1e6].filter((value) => value <= most * 1.01).map((value) => ({ value }));
    return { type: "logarithmic", min: 1, max: most * 1.1, afterBuildTicks: (axis) => (axis.ticks = ticks) };
  }

  // Changes in per cent that people count in, no closer than can be told apart.
  function ratioAxis(values) {
    const logs = values.filter((value) => value > 0).map(Math.log);
    const min = Math.max(Math.min(Math.log(0.97), ...logs) * 1.1, Math.log(1 / 16));
    const max = Math.min(Math.max(Math.log(1.03), ...logs) * 1.1, Math.log(16));
    const ticks = [0];
    for (const percent of [1, 2, 5, 10, 25, 50, 75, 100, 200, 400, 900]) {
      for (const value of [Math.log(1 + percent / 100), percent < 100 ? Math.log(1 - percent / 100) : -Infinity]) {
        const isFar = ticks.every((other) => Math.abs(other - value) > (max - min) / 12);
        if (value >= min && value <= max && isFar) ticks.push(value);
      }
    }
    const sorted = ticks.sort((one, other) => one - other).map((value) => ({ value: Math.exp(value) }));
    return { type: "logarithmic", min: Math.exp(min), max: Math.exp(max), afterBuildTicks: (axis) => (axis.ticks = sorted) };
  }

  function axis(unit, ends, more = {}) {
    const write = AXES[unit];
    const isLog = ends.type === "logarithmic";
    return {
      ...ends,
      grid: { drawBorder: false, color: () => colour("line"), ...more.grid },
      title: { display: Boolean(more.title), text: more.title, color: () => colour("muted"), font: { size: 11 } },
      stacked: more.stacked,
      ticks: {
        // On a logarithmic axis every value takes the unit that suits it.
        callback(value) {
          return write(value, isLog ? value : this.max);
        },
        color: () => colour("muted"),
        autoSkip: !isLog,
        autoSkipPadding: 16,
        maxRotation: 0,
      },
    };
  }

  function tooltip() {
    return {
      displayColors: false,
      backgroundColor: () => colour("ink"),
      titleColor: () => colour("paper"),
      bodyColor: () => colour("paper"),
      filter: (item) => Boolean(item.dataset.texts),
      callbacks: { label: (item) => `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` },
    };
  }

  // A name that is longer than there is room for in two lines, its end being what tells it from others.
  function shortened(name) {
    const most = 44;
    if (name.length <= most) return name;
    const kept = name.length > 2 * most ? `…${name.slice(1 - 2 * most)}` : name;
    const gap = Math.max(kept.lastIndexOf(" ", most), kept.lastIndexOf("/", most - 1) + 1);
    const end = gap > most / 3 ? gap : most;
    return [kept.slice(0, end), kept.slice(end).trimStart()];
  }

  const common = () => ({ animation: false, maintainAspectRatio: false });

  // A row of the table is a row of the chart.
  function rowOptions(kind, scale, data, sets) {
    const unit = kind === "forest" ? "ratio" : data.series[0].unit;
    const values = sets.flatMap((set) => set.data.flat()).filter((value) => value !== null);
    const ends = kind === "forest" ? ratioAxis(values) : scale === "log" ? logAxis(values) : { type: "linear", beginAtZero: true };
    return {
      ...common(),
      indexAxis: "y",
      interaction: { mode: "index", axis: "y", intersect: false },
      scales: {
        x: axis(unit, ends, { stacked: kind === "stack" }),
        y: {
          stacked: kind === "stack" || kind === "spans",
          grid: { display: false, drawBorder: false },
          ticks: {
            callback(value) {
              return shortened(this.getLabelForValue(value));
            },
            autoSkip: false,
            font: { size: data.labels.some((name) => name.length > 44) ? 9.5 : 11 },
            color: () => colour("ink"),
          },
        },
      },
      plugins: {
        legend: {
          display: data.series.length > 1,
          align: "start",
          onClick: null,
          labels: {
            usePointStyle: kind === "points" || kind === "forest",
            boxWidth: 8,
            boxHeight: 8,
            color: () => colour("ink"),
            filter: (item) => Boolean(item.text),
          },
        },
        tooltip: tooltip(),
      },
    };
  }

  function lineOptions(figure, sets, column) {
    const { kind, scale, x, xTitle } = figure.dataset;
    const xs = sets.flatMap((set) => set.data.map((point) => point.x));
    const behind = sets.find((set) => set.yAxisID === "behind");
    const ys = sets.filter((set) => set !== behind).flatMap((set) => set.data.map((point) => point.y));
    const across = kind === "curve" ? tailAxis(xs) : x === "log" ? logAxis(xs) : { type: "linear" };
    const shown = tooltip();
    shown.callbacks.title = () => "";
    return {
      ...common(),
      interaction: { mode: "nearest", axis: "xy", intersect: false },
      scales: {
        x: axis(kind === "curve" ? "percentile" : figure.dataset.xUnit || "count", across, { title: xTitle }),
        y: axis(column.unit, scale === "log" ? logAxis(ys) : { type: "linear", beginAtZero: scale !== "near", grace: "10%" }),
        ...(behind && { behind: { ...axis("us", { type: "linear", beginAtZero: true }, { title: behind.label, grid: { display: false } }), position: "right" } }),
      },
      plugins: { legend: { display: false }, tooltip: shown },
    };
  }

  // ---- What is around a chart

  const element = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };

  // A button for each group of lines, and one for the dashed of all groups: pressed when they are shown.
  function keysOf(chart) {
    const { datasets } = chart.data;
    const hidden = new Set();
    const keys = element("div", "keys");
    keys.setAttribute("role", "group");
    keys.setAttribute("aria-label", "Lines that are shown");
    const addButton = (key, name, className, paint) => {
      const swatch = element("i", className);
      swatch.setAttribute("aria-hidden", "true");
      swatch.paint = paint;
      swatch.style.borderColor = paint();
      const button = element("button", "", swatch, name);
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        if (!hidden.delete(key)) hidden.add(key);
        button.setAttribute("aria-pressed", String(!hidden.has(key)));
        datasets.forEach((set, index) => chart.setDatasetVisibility(index, !hidden.has(set.group) && !(set.dashed && hidden.has("dashed"))));
        chart.update("none");
      });
      keys.append(button);
    };
    for (const group of new Set(datasets.map((set) => set.group))) {
      addButton(group, group, "swatch", datasets.find((set) => set.group === group).borderColor);
    }
    const dashed = datasets.find((set) => set.dashed);
    if (dashed) addButton("dashed", dashed.dashed, "swatch dashed", () => colour("ink"));
    return keys;
  }

  // The column that is drawn, where there are several.
  function chooserOf(columns, first, choose) {
    const select = element("select", "");
    for (const { name } of columns) select.append(new Option(name));
    select.selectedIndex = columns.indexOf(first);
    select.addEventListener("change", () => choose(columns[select.selectedIndex]));
    return element("label", "chooser", "Shown: ", select);
  }

  // Arrow keys go from value to value; each is shown, and said.
  function readByKeys(box, chart, status) {
    let [set, index] = [0, -1];
    const texts = (which) => chart.data.datasets[which].texts;
    const isThere = (which, at) => Boolean(texts(which)) && chart.data.datasets[which].data[at] != null;
    const isByRow = chart.options.indexAxis === "y";
    function show() {
      const { datasets, labels } = chart.data;
      const active = isByRow
        ? datasets.map((_, datasetIndex) => ({ datasetIndex, index })).filter((one) => isThere(one.datasetIndex, index))
        : [{ datasetIndex: set, index }];
      const point = chart.getDatasetMeta(active.length ? active[0].datasetIndex : 0).data[index];
      chart.setActiveElements(active);
      if (point) chart.tooltip.setActiveElements(active, { x: point.x, y: point.y });
      chart.update("none");
      const said = active.map((one) => `${datasets[one.datasetIndex].label}: ${texts(one.datasetIndex)[index]}`).join("; ");
      status.textContent = isByRow ? `${labels[index]}: ${said || "not measured"}` : said;
    }
    // The next line that is shown and has values.
    function otherLine(step) {
      const { datasets } = chart.data;
      for (let tries = 0; tries < datasets.length; ++tries) {
        set = (set + step + datasets.length) % datasets.length;
        if (chart.isDatasetVisible(set) && datasets[set].data.length > 0) return;
      }
    }
    box.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
      if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (!isByRow && (!chart.isDatasetVisible(set) || chart.data.datasets[set].data.length === 0)) otherLine(1);
      if (!isByRow && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        otherLine(step);
        index = Math.max(index, 0);
      } else {
        index += step;
      }
      const count = isByRow ? chart.data.labels.length : chart.data.datasets[set].data.length;
      index = Math.min(Math.max(index, 0), count - 1);
      show();
    });
    box.addEventListener("blur", () => {
      chart.setActiveElements([]);
      chart.tooltip.setActiveElements([], { x: 0, y: 0 });
      chart.update("none");
    });
  }

  const charts = [];

  // Draws the chart into its box; called once for each.
  function draw(figure, box) {
    const table = figure.querySelector("table");
    const { kind, scale } = figure.dataset;
    const canvas = element("canvas", "");
    canvas.setAttribute("aria-hidden", "true");
    box.append(canvas);
    const status = element("p", "spoken");
    status.setAttribute("role", "status");
    box.after(status);
    let chart;
    if (kind === "curve" || kind === "lines") {
      const hasPoints = (column) => readLines(table, column).some((line) => line.points.length > 0);
      const all = kind === "curve" ? [columnsOf(table)[0]] : columnsOf(table).filter(hasPoints);
      const columns = all.filter(({ role }) => role !== "behind");
      const behind = all.filter(({ role }) => role === "behind").map((column) => barsBehind(table, column));
      const setsOf = (column) => [...lineSets(kind === "curve" ? readCurves(table) : readLines(table, column), column), ...behind];
      // The first of those of which most was measured.
      const pointsOf = (column) => (kind === "curve" ? 0 : readLines(table, column).reduce((sum, { points }) => sum + points.length, 0));
      const first = columns.reduce((best, column) => (pointsOf(column) > pointsOf(best) ? column : best));
      const sets = setsOf(first);
      chart = new Chart(canvas, { type: "line", data: { datasets: sets }, options: lineOptions(figure, sets, first) });
      const around = [];
      if (columns.length > 1) {
        around.push(
          chooserOf(columns, first, (column) => {
            const chosen = setsOf(column);
            chart.data.datasets.forEach((set, index) => Object.assign(set, { data: chosen[index].data, texts: chosen[index].texts }));
            chart.options = lineOptions(figure, chosen, column);
            chart.update("none");
          }),
        );
      }
      if (sets.length > 1) around.push(keysOf(chart));
      status.after(...around);
    } else {
      const data = readRows(table);
      const make = { points: pointSets, forest: forestSets, spans: spanSets, bars: barSets, stack: barSets }[kind];
      const datasets = make(data);
      chart = new Chart(canvas, { type: "bar", data: { labels: data.labels, datasets }, options: rowOptions(kind, scale, data, datasets) });
    }
    readByKeys(box, chart, status);
    charts.push(chart);
  }

  // The place of a chart, before it is drawn.
  function boxOf(figure) {
    const { kind } = figure.dataset;
    const rows = figure.querySelectorAll("tbody > tr").length;
    const caption = figure.querySelector("figcaption").textContent;
    const box = element("div", "canvas");
    box.style.height = `${kind === "curve" || kind === "lines" ? LINES : rows * ROW + FRAME}px`;
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-roledescription", "chart");
    box.setAttribute("aria-label", `${caption}: chart of the table that follows; arrow keys say its values`);
    figure.querySelector("figcaption").after(box);
    figure.querySelector("details").open = "keeps" in figure.dataset;
    return box;
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const waiting = new Map([...document.querySelectorAll("figure")].map((figure) => [boxOf(figure), figure]));
  function drawOne(box) {
    const figure = waiting.get(box);
    if (figure === undefined) return;
    waiting.delete(box);
    near.unobserve(box);
    draw(figure, box);
  }
  // What is far away is drawn when it comes near.
  const near = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => drawOne(entry.target)), {
    rootMargin: "800px",
  });
  for (const box of waiting.keys()) {
    near.observe(box);
    box.addEventListener("focus", () => drawOne(box));
  }
  const repaint = () => {
    colours.clear();
    for (const chart of charts) {
      chart.resize();
      chart.update("none");
    }
    for (const chart of charts) {
      for (const swatch of chart.canvas.closest("figure").querySelectorAll(".swatch")) swatch.style.borderColor = swatch.paint();
    }
  };
  // Paper is as wide as this; a browser that prints does not lay charts out again by itself.
  const PAPER = 700;
  addEventListener("beforeprint", () => {
    [...waiting.keys()].forEach(drawOne);
    for (const chart of charts) {
      const box = chart.canvas.parentElement;
      chart.resize(box.closest(".figures") === null ? PAPER : PAPER / 2 - 20, box.clientHeight);
    }
  });
  addEventListener("afterprint", () => charts.forEach((chart) => chart.resize()));
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", repaint);
  }
})();
