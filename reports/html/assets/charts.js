// Draws a chart above the table of every figure, from that table alone. Without it, the tables stay open.
"use strict";

(() => {
  const ROW = 24; // pixels for each mode
  const FRAME = 74; // for the axis and the legend
  const POINTS = ["circle", "rectRot", "triangle"];

  const short = (value) => Number(value.toPrecision(3)).toLocaleString("en");
  const written = (steps) => (value, largest) => {
    const [size, unit] = steps.find(([least]) => largest >= least) || steps[steps.length - 1];
    return `${short(value / size)}${unit}`;
  };
  // How an axis writes its values: in the unit that suits the largest of them.
  const AXES = {
    us: written([[1e6, " s"], [1e3, " ms"], [1, " µs"]]),
    mib: written([[1, " MiB"]]),
    per_s: written([[1, "/s"]]),
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

  function setOf(one, index, more) {
    const paint = () => colour(`series-${index + 1}`);
    return { label: one.name, data: one.values, texts: one.texts, backgroundColor: paint, borderColor: paint, ...more };
  }

  // A point for each value of a mode, and a bar from the least of them to the largest.
  function pointSets(data) {
    const ends = data.labels.map((_, row) => {
      const values = data.series.map((one) => one.values[row]).filter((value) => value !== null);
      return values.length > 1 ? [Math.min(...values), Math.max(...values)] : null;
    });
    const points = data.series.map((one, index) =>
      setOf(one, index, {
        type: "line",
        showLine: false,
        pointStyle: POINTS[index],
        pointRadius: index === 0 ? 5 : 6,
        pointHoverRadius: 8,
        clip: false,
        order: 0,
      }),
    );
    const line = () => colour("line");
    return [...points, { type: "bar", data: ends, backgroundColor: line, barThickness: 3, order: 1 }];
  }

  function barSets(data) {
    return data.series.map((one, index) => setOf(one, index, { barPercentage: 0.72, categoryPercentage: 0.95 }));
  }

  // 1, 2 and 5 of every power of ten between the values, or the powers alone when there are many.
  function logAxis(data) {
    const values = data.series.flatMap((one) => one.values).filter((value) => value > 0);
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

  function options(kind, scale, data) {
    const write = AXES[data.series[0].unit];
    const isLog = scale === "log";
    const ends = isLog ? logAxis(data) : { type: "linear", beginAtZero: true };
    return {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", axis: "y", intersect: false },
      scales: {
        x: {
          ...ends,
          stacked: kind === "stack",
          grid: { drawBorder: false, color: () => colour("line") },
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
        },
        y: {
          stacked: kind === "stack",
          grid: { display: false, drawBorder: false },
          ticks: { autoSkip: false, font: { size: 11 }, color: () => colour("ink") },
        },
      },
      plugins: {
        legend: {
          display: data.series.length > 1,
          align: "start",
          labels: {
            usePointStyle: kind === "points",
            boxWidth: 8,
            boxHeight: 8,
            color: () => colour("ink"),
            filter: (item) => Boolean(item.text),
          },
        },
        tooltip: {
          displayColors: false,
          backgroundColor: () => colour("ink"),
          titleColor: () => colour("paper"),
          bodyColor: () => colour("paper"),
          filter: (item) => Boolean(item.dataset.texts),
          callbacks: { label: (item) => `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}` },
        },
      },
    };
  }

  function draw(figure) {
    const data = readTable(figure.querySelector("table"));
    const { kind, scale } = figure.dataset;
    const box = document.createElement("div");
    const canvas = document.createElement("canvas");
    box.className = "canvas";
    box.style.height = `${data.labels.length * ROW + FRAME}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Chart of the table that follows");
    box.append(canvas);
    figure.querySelector("figcaption").after(box);
    figure.querySelector("details").open = false;
    return new Chart(canvas, {
      type: "bar",
      data: { labels: data.labels, datasets: kind === "points" ? pointSets(data) : barSets(data) },
      options: options(kind, scale, data),
    });
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const charts = [...document.querySelectorAll("figure")].map(draw);
  const repaint = () => {
    colours.clear();
    for (const chart of charts) {
      chart.resize();
      chart.update("none");
    }
  };
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", repaint);
  }
})();
