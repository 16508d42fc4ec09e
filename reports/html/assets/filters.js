// Puts a search box and choices above the rows of every section that names facets (data-facets). A row that may be hidden has
// data-f: what it is in each facet, parted by |; where it is several, these are parted by ;.
"use strict";

(() => {
  const element = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };
  const valuesOf = (row) => row.dataset.f.split("|").map((facet) => facet.split(";"));

  function chooserOf(name, values) {
    const select = element("select", "");
    select.append(new Option("any", ""), ...values.map((value) => new Option(value, value)));
    return element("label", "", `${name} `, select);
  }

  // Hides the rows that are not wanted, and what then has none; opens what has one that was looked for.
  function apply(section, rows, wanted, isAsked) {
    let shown = 0;
    for (const row of rows) {
      row.line.hidden = !wanted(row);
      shown += row.line.hidden ? 0 : 1;
    }
    for (const details of section.querySelectorAll("details")) {
      if (details.querySelector("[data-f]") === null) continue;
      const hasRows = details.querySelector("[data-f]:not([hidden])") !== null;
      details.hidden = !hasRows;
      if (isAsked && hasRows && !details.open) {
        details.open = true;
        details.dataset.opened = "";
      } else if (!isAsked && "opened" in details.dataset) {
        details.open = false;
        delete details.dataset.opened;
      }
    }
    return shown;
  }

  function addFilter(section) {
    const rows = [...section.querySelectorAll("[data-f]")].map((line) => ({ line, values: valuesOf(line), text: null }));
    if (rows.length < 2) return;
    const facets = section.dataset.facets.split("|");
    const box = element("input", "");
    box.type = "search";
    const status = element("span", "muted");
    status.setAttribute("role", "status");
    const choosers = facets.map((name, facet) => {
      const values = [...new Set(rows.flatMap((row) => row.values[facet]))].filter((value) => value !== "").sort();
      return values.length > 1 ? chooserOf(name, values) : null;
    });
    const selects = choosers.map((label) => label?.querySelector("select"));
    const update = () => {
      const asked = box.value.trim().toLowerCase();
      const chosen = selects.map((select) => select?.value || "");
      const isAsked = asked !== "" || chosen.some((value) => value !== "");
      const wanted = (row) => {
        if (!chosen.every((value, facet) => value === "" || row.values[facet].includes(value))) return false;
        if (asked === "") return true;
        row.text ??= row.line.textContent.toLowerCase();
        return row.text.includes(asked);
      };
      const shown = apply(section, rows, wanted, isAsked);
      status.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
    };
    const form = element("div", "filter", element("label", "", "Find ", box), ...choosers.filter(Boolean), status);
    form.setAttribute("role", "search");
    form.setAttribute("aria-label", section.querySelector("h2").textContent);
    form.addEventListener("input", update);
    section.querySelector("h2").after(form);
    update();
  }

  document.querySelectorAll("section[data-facets]").forEach(addFilter);
})();
