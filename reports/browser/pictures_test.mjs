// What parts of the report look like, held against pictures that a person has looked at (testdata/): light, dark, on a phone, on
// paper. At half their size, and with a tolerance: another version of the browser or of a font moves pixels, not what is seen.
//
// WSGILAB_ACCEPT_GOLDEN=1 renews them; look at them before they are committed. A picture that differs is left beside its difference
// in build/browser/pictures.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { DESK, PHONE, drawAll, launch, open, packaged } from "./browser.mjs";

const { PNG } = packaged("pngjs");
const { default: pixelmatch } = await import(pathToFileURL(packaged.resolve("pixelmatch")).href);

const GOLDEN = path.join(path.dirname(fileURLToPath(import.meta.url)), "testdata");
const LEFT = path.join(process.env.WSGILAB_PACKAGES, "pictures");
const MOST_DIFFERENT = 0.03; // of the pixels
const MOST_HIGHER = 0.04; // of the height: a line that is broken elsewhere
const FONT = '"DejaVu Sans"'; // whatever else the machine has
const STEP = 17;
const PAPER = { width: 760, height: 1075 }; // A4 without its margins
const MOST_HEIGHT = 1000;

const PICTURES = [
  { name: "top_light", of: "complete", part: "header" },
  { name: "top_dark", of: "failing", part: "header", scheme: "dark" },
  { name: "top_phone", of: "failing", part: "header", size: PHONE },
  { name: "comparison_light", of: "comparison", part: "#experiments" },
  { name: "comparison_dark", of: "comparison", part: "#experiments", scheme: "dark" },
  { name: "percentiles_light", of: "comparison", part: "#latency" },
  { name: "placement_light", of: "failing", part: "#placement" },
  { name: "isolation_dark", of: "failing", part: "#isolation", scheme: "dark" },
  { name: "cold_start_light", of: "failing", part: "#cold-start" },
  { name: "memory_dark", of: "complete", part: "#memory", scheme: "dark" },
  { name: "interference_light", of: "complete", part: "#interference" },
  { name: "gils_light", of: "pythons", part: "#interference" },
  { name: "upgrade_dark", of: "pythons", part: "#upgrade", scheme: "dark" },
  { name: "hosts_light", of: "hosts", part: "#hosts" },
  { name: "checks_phone", of: "failing", part: "#checks", size: PHONE, scheme: "dark" },
  { name: "cold_start_phone", of: "failing", part: "#cold-start", size: PHONE },
  { name: "micro_light", of: "comparison", part: "#micro" },
  { name: "top_paper", of: "failing", part: "header", size: PAPER, media: "print" },
  { name: "cold_start_paper", of: "failing", part: "#cold-start", size: PAPER, media: "print" },
];

let browser;
before(async () => (browser = await launch()));
after(async () => browser.close());

async function take({ of, part, scheme, size = DESK, media }) {
  const { page, context } = await open(browser, of, { scheme, size, font: FONT });
  try {
    if (media) await page.emulateMedia({ media, colorScheme: "light" });
    await drawAll(page);
    const box = await page.locator(part).first().boundingBox();
    const clip = { x: 0, y: box.y, width: size.width, height: Math.min(box.height, MOST_HEIGHT) };
    const shot = await page.screenshot({ fullPage: true, clip, animations: "disabled" });
    return halved(PNG.sync.read(shot));
  } finally {
    await context.close();
  }
}

// Each pixel is the mean of four, in steps of its colours that nobody sees: the files are half as large.
function halved(picture) {
  const half = new PNG({ width: picture.width >> 1, height: picture.height >> 1 });
  const at = (x, y, channel) => picture.data[(y * picture.width + x) * 4 + channel];
  for (let y = 0; y < half.height; ++y) {
    for (let x = 0; x < half.width; ++x) {
      for (let channel = 0; channel < 4; ++channel) {
        const sum = at(2 * x, 2 * y, channel) + at(2 * x + 1, 2 * y, channel) + at(2 * x, 2 * y + 1, channel) + at(2 * x + 1, 2 * y + 1, channel);
        half.data[(y * half.width + x) * 4 + channel] = Math.round(sum / 4 / STEP) * STEP;
      }
    }
  }
  return half;
}

// The upper part of both that is as high as the lower of them.
function cropped(picture, height) {
  const part = new PNG({ width: picture.width, height });
  PNG.bitblt(picture, part, 0, 0, picture.width, height, 0, 0);
  return part;
}

function leave(name, picture) {
  mkdirSync(LEFT, { recursive: true });
  writeFileSync(path.join(LEFT, `${name}.png`), PNG.sync.write(picture));
}

for (const picture of PICTURES) {
  test(picture.name, async () => {
    const now = await take(picture);
    const file = path.join(GOLDEN, `${picture.name}.png`);
    if (process.env.WSGILAB_ACCEPT_GOLDEN) {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(file, PNG.sync.write(now, { deflateLevel: 9, colorType: 2 }));
      return;
    }
    assert.ok(existsSync(file), `${file} is not there: WSGILAB_ACCEPT_GOLDEN=1 makes it`);
    const golden = PNG.sync.read(readFileSync(file));
    const height = Math.min(now.height, golden.height);
    const difference = new PNG({ width: now.width, height });
    const isAlike = golden.width === now.width && Math.abs(golden.height - now.height) <= MOST_HIGHER * golden.height;
    const pixels = isAlike
      ? pixelmatch(cropped(golden, height).data, cropped(now, height).data, difference.data, now.width, height, { threshold: 0.2 })
      : now.width * height;
    const share = pixels / (now.width * height);
    console.log(`  ${picture.name}: ${(100 * share).toFixed(2)} % of ${now.width}×${now.height} pixels differ`);
    if (isAlike && share <= MOST_DIFFERENT) return;
    leave(picture.name, now);
    leave(`${picture.name}.difference`, difference);
    assert.fail(`${picture.name}.png is ${golden.width}×${golden.height}, and ${(100 * share).toFixed(1)} % of it differs: look at ${LEFT}`);
  });
}
