// One headless Chromium, and pages in it of which everything is noted that a report must not do.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.env.WSGILAB_PACKAGES, "package.json"));
export const packaged = require;
const { chromium } = require("playwright-core");

export const DESK = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export async function launch() {
  return chromium.launch({
    executablePath: process.env.WSGILAB_CHROMIUM,
    args: ["--disable-gpu", "--disable-quic", "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"],
  });
}

export function urlOf(name) {
  return pathToFileURL(path.join(process.env.WSGILAB_PAGES, `${name}.html`)).href;
}

// Runs in the page, before its own scripts: those ask what the font is.
function setFont(family) {
  new MutationObserver((_, observer) => {
    if (document.body === null) return;
    document.body.style.fontFamily = family;
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

// {page, context, seen}: `seen` grows by a line for every message, error, request, dialog and window of the page.
export async function open(browser, name, { scheme = "light", scripts = true, size = DESK, bypassCSP = false, font } = {}) {
  const context = await browser.newContext({
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    viewport: size,
    bypassCSP,
    offline: true,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  if (font !== undefined) await context.addInitScript(setFont, font);
  const page = await context.newPage();
  const url = urlOf(name);
  const seen = [];
  page.on("console", (message) => seen.push(`console, ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("popup", () => seen.push("a window was opened"));
  page.on("request", (request) => {
    const asked = request.url();
    if (asked.split("#")[0] !== url && !asked.startsWith("data:")) seen.push(`request: ${asked.slice(0, 200)}`);
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, context, seen };
}

// Charts are drawn when they come near to being seen, or are reached by the keyboard; this draws all of them.
export async function drawAll(page) {
  await page.evaluate(() => document.querySelectorAll(".canvas").forEach((box) => box.dispatchEvent(new Event("focus"))));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
