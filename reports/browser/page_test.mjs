// The report in a browser: it says nothing to the console and asks the network for nothing, everything in it can be reached and
// used by the keyboard, it can be read without scripts, and axe-core finds no serious fault in it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { PHONE, drawAll, launch, open, packaged } from "./browser.mjs";

const MOST_BYTES = 3_000_000;
const MOST_ELEMENTS = 60_000; // what a browser lays out in well under a second
const pages = readdirSync(process.env.WSGILAB_PAGES)
  .map((name) => path.basename(name, ".html"))
  .sort();
const axe = readFileSync(packaged.resolve("axe-core/axe.min.js"), "utf8");
// Of what is the same on other pages, only the quick part is done on these.
const LARGE = ["many_checks"];
const PART_OF_ANOTHER = ["cut_off"];
const FOCUSABLE = "a[href], summary, button, input, select, [tabindex='0']";

let browser;
before(async () => (browser = await launch()));
after(async () => browser.close());

// Opens the page, does something with it, and finds that nothing was seen meanwhile that must not be.
async function within(name, options, act) {
  const { page, context, seen } = await open(browser, name, options);
  try {
    await act(page);
    await page.evaluate(() => 0); // what it had to say has been said
    assert.deepEqual(seen, []);
    if (options.scripts !== false) assert.deepEqual(await intruders(page), []);
  } finally {
    await context.close();
  }
}

// What can only be there if text of a record has become markup or script: the hostile record tries.
async function intruders(page) {
  return page.evaluate(() => [
    ...(window.broken === undefined ? [] : ["window.broken"]),
    ...[...document.querySelectorAll("img, iframe, object, form, base, [onerror], [onclick]")].map((one) => one.outerHTML.slice(0, 200)),
    ...[...document.querySelectorAll("script, style")].slice(4).map((one) => one.outerHTML.slice(0, 200)),
  ]);
}

async function seriousFaults(page, only) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (rules) => {
    const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
    const results = await window.axe.run(document, options);
    return results.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      count: nodes.length,
      first: nodes[0].html.slice(0, 300),
      why: nodes[0].failureSummary,
    }));
  }, only);
  for (const { id, impact, count } of found) console.log(`  axe: ${impact}: ${id}, ${count} times`);
  return found.filter(({ impact }) => impact === "serious" || impact === "critical");
}

assert.ok(pages.length > 0, "there are no pages to look at");

for (const name of pages) {
  describe(name, { concurrency: false }, () => {
    test("is small enough to open at once", async () => {
      const bytes = statSync(path.join(process.env.WSGILAB_PAGES, `${name}.html`)).size;
      assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
      await within(name, {}, async (page) => {
        const { elements, loaded } = await page.evaluate(() => ({
          elements: document.querySelectorAll("*").length,
          loaded: performance.getEntriesByType("navigation")[0].loadEventEnd,
        }));
        console.log(`  ${name}: ${bytes} bytes, ${elements} elements, loaded after ${loaded.toFixed(0)} ms`);
        assert.ok(elements < MOST_ELEMENTS, `${elements} elements`);
      });
    });

    test("every part that can be used can be used, and says nothing to the console", async () => {
      await within(name, {}, async (page) => {
        await drawAll(page);
        await everyLinkLeadsSomewhere(page);
        await everyDetailOpens(page);
        await everyControlWorks(page);
        await everyChartIsReadByKeys(page);
      });
    });

    if (!LARGE.includes(name) && !PART_OF_ANOTHER.includes(name)) {
      test("the keyboard reaches everything in the order of the page, and shows where it is", async () => {
        await within(name, {}, theKeyboardReachesEverything);
      });
    }

    test("without scripts everything is there to be read", async () => {
      await within(name, { scripts: false }, async (page) => {
        const html = await page.content();
        const text = await page.locator("body").innerText();
        for (const title of html.matchAll(/<h2>([^<]+)<\/h2>/g)) assert.ok(text.length > 0 && title[1].length > 0);
        const hidden = await page.locator("figure > details:not([open])").count();
        assert.equal(hidden, 0, "tables of figures are open");
        assert.equal(await page.locator("canvas, .filter").count(), 0);
        assert.ok(await page.locator("h1").isVisible());
        for (const section of await page.locator("main > section").all()) assert.ok(await section.isVisible());
      });
    });

    // Nothing but colours is another in the dark.
    for (const [scheme, rules] of [["light", undefined], ["dark", ["color-contrast"]]]) {
      if (PART_OF_ANOTHER.includes(name) || (LARGE.includes(name) && scheme === "dark")) continue;
      test(`axe-core finds no serious fault, ${scheme}`, async () => {
        await within(name, { scheme, bypassCSP: true }, async (page) => {
          await drawAll(page);
          assert.deepEqual(await seriousFaults(page, rules), []);
        });
      });
    }

    test("on a phone nothing but tables and the navigation is wider than the screen", async () => {
      await within(name, { size: PHONE }, async (page) => {
        await drawAll(page);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= PHONE.width, `${width} pixels`);
      });
    });
  });
}

async function everyLinkLeadsSomewhere(page) {
  const lost = await page.evaluate(() =>
    [...document.querySelectorAll("a[href]")]
      .map((link) => link.getAttribute("href"))
      .filter((target) => !target.startsWith("#") || document.getElementById(target.slice(1)) === null),
  );
  assert.deepEqual(lost, []);
  const link = page.locator("nav a").last();
  await link.click();
  const target = (await link.getAttribute("href")).slice(1);
  assert.ok(await page.evaluate((id) => document.getElementById(id).getBoundingClientRect().top < innerHeight, target), target);
}

async function everyDetailOpens(page) {
  const states = await page.evaluate(() =>
    [...document.querySelectorAll("summary")].map((summary) => {
      const details = summary.parentElement;
      const before = details.open;
      summary.click();
      const between = details.open;
      summary.click();
      return { is_details: details.localName === "details", changes: before !== between && details.open === before };
    }),
  );
  assert.deepEqual(states.filter((state) => !state.is_details || !state.changes), []);
  const first = page.locator("main summary:visible").first();
  if ((await first.count()) === 0) return;
  const isOpen = () => first.evaluate((summary) => summary.parentElement.open);
  const before = await isOpen();
  await first.focus();
  await page.keyboard.press("Enter");
  assert.equal(await isOpen(), !before);
  await page.keyboard.press("Space");
  assert.equal(await isOpen(), before);
}

async function everyControlWorks(page) {
  const stuck = await page.evaluate(() =>
    [...document.querySelectorAll("button")]
      .filter((button) => {
        const before = button.getAttribute("aria-pressed");
        button.click();
        const between = button.getAttribute("aria-pressed");
        button.click();
        return between === before || button.getAttribute("aria-pressed") !== before;
      })
      .map((button) => button.textContent),
  );
  assert.deepEqual(stuck, []);
  await page.evaluate(() => {
    for (const select of document.querySelectorAll("figure select")) {
      const before = select.selectedIndex;
      for (const index of [...[...select.options].keys(), before]) {
        select.selectedIndex = index;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });
  for (const filter of await page.locator(".filter").all()) await oneFilterWorks(filter);
}

async function oneFilterWorks(filter) {
  const shown = () =>
    filter.evaluate((element) => {
      const section = element.closest("section");
      return [...section.querySelectorAll("[data-f]")].filter((row) => !row.hidden).length;
    });
  const all = await shown();
  assert.ok(all > 0);
  const box = filter.locator("input");
  await box.fill("no row says this");
  assert.equal(await shown(), 0);
  assert.match(await filter.locator("[role=status]").textContent(), /^0 of /);
  await box.fill("");
  assert.equal(await shown(), all);
  for (const select of await filter.locator("select").all()) {
    const values = await select.evaluate((element) => [...element.options].map((option) => option.value));
    for (const value of values.slice(1)) {
      await select.selectOption(value);
      const some = await shown();
      assert.ok(some > 0 && some <= all, `${value}: ${some} of ${all}`);
    }
    await select.selectOption(values[0]);
  }
  assert.equal(await shown(), all);
}

// The keys of the first charts come from a keyboard; those of the others from a script, which is faster.
async function everyChartIsReadByKeys(page) {
  const keys = ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home"];
  const charts = await page.locator(".canvas").all();
  for (const chart of charts.slice(0, 3)) {
    await chart.focus();
    for (const key of keys) {
      await page.keyboard.press(key);
      assert.match(await chart.evaluate((box) => box.parentElement.querySelector("[role=status]").textContent), /: .*\S/);
    }
  }
  const silent = await page.evaluate((pressed) => {
    return [...document.querySelectorAll(".canvas")]
      .map((box) => {
        const status = box.parentElement.querySelector("[role=status]");
        const said = pressed.map((key) => {
          box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
          return status.textContent;
        });
        const rows = box.parentElement.querySelectorAll("tr:has([data-value])").length;
        const isRead = said.every((text) => /: .*\S/.test(text)) && (rows < 2 || new Set(said).size > 1);
        return isRead ? "" : `${box.getAttribute("aria-label")}: ${said}`;
      })
      .filter((problem) => problem !== "");
  }, keys);
  assert.deepEqual(silent, []);
}

async function theKeyboardReachesEverything(page) {
  await drawAll(page);
  const wanted = await page.evaluate((focusable) => {
    for (const details of document.querySelectorAll("main details")) details.open = false;
    const all = [...document.querySelectorAll(focusable)].filter((element) => element.checkVisibility({ visibilityProperty: true }));
    all.forEach((element, index) => (element.dataset.order = index));
    return all.length;
  }, FOCUSABLE);
  assert.ok(wanted > 0);
  let last = -1;
  for (let step = 0; step < wanted; ++step) {
    await page.keyboard.press("Tab");
    const { order, outline, what } = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return { order: Number(element.dataset.order ?? -1), outline: style.outlineStyle, what: element.outerHTML.slice(0, 120) };
    });
    assert.equal(order, last + 1, `after ${last} came ${what}`);
    assert.notEqual(outline, "none", what);
    last = order;
  }
}
