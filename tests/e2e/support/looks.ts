// SPDX-License-Identifier: Apache-2.0
/** How a screen looks to everybody: checked by axe in each theme and size, and kept as a picture to be looked at. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = fileURLToPath(new URL("../../../test-results/screens", import.meta.url));

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const sizes = [{ width: 360, height: 740 }, { width: 1280, height: 800 }] as const;
/** A window of 1280 by 800 at 200 %. */
const zoomed = { width: 640, height: 400 };
const themes = ["light", "dark"] as const;

async function violations(page: Page): Promise<readonly Violation[]> {
  // Evaluated over the devtools protocol: the page's policy lets no foreign script in.
  await page.evaluate(axe);
  return page.evaluate(async (tags) => {
    const run = (globalThis as unknown as { axe: { run(root: Document, options: object): Promise<{ violations: Violation[] }> } }).axe.run;
    return (await run(document, { runOnly: tags, resultTypes: ["violations"] })).violations;
  }, rules);
}

/** A picture taken while the theme changes would show half of each. */
const painted = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/**
 * Looks at the screen in both sizes and both themes, in the language it is in. Where a panel lies over the rest until it
 * is closed, `within` is the panel.
 */
export async function lookAt(page: Page, name: string, within = "body"): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  const language = await page.evaluate(() => document.documentElement.lang);
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await painted(page);
      const where = `${name} ${language} ${colorScheme} ${size.width}`;
      await page.screenshot({ path: join(pictures, `${where.replaceAll(" ", "-")}.png`), fullPage: true });
      const found = await violations(page);
      const told = found.map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => `${node.html}\n${node.failureSummary}`).join("\n")}`);
      expect.soft(told, where).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(overflow, `${where}: wider than the window`).toBeLessThanOrEqual(0);
    }
  }
  await page.setViewportSize(zoomed);
  expect.soft(await outOfReach(page, within), `${name} ${language} at 200 %: what cannot be reached`).toEqual([]);
  await page.setViewportSize(sizes[1]);
}

/** What can be pressed and yet not be reached: outside of the window, or under something else, wherever one scrolls. */
const outOfReach = (page: Page, within: string): Promise<readonly string[]> =>
  page.locator(within).evaluate((whole) => {
    const pressed = Array.from(whole.querySelectorAll<HTMLElement>("button, a[href], summary, select, textarea, input:not([type=radio])"));
    const isShown = (one: HTMLElement) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const isReached = (one: HTMLElement) => {
      one.scrollIntoView({ block: "center", inline: "nearest" });
      const box = one.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      const isWhole = box.left >= -1 && box.right <= innerWidth + 1;
      return isWhole && top !== null && (one === top || one.contains(top) || top.contains(one));
    };
    const found = pressed.filter((one) => isShown(one) && !isReached(one)).map((one) => `${one.tagName} ${one.textContent ?? ""} ${JSON.stringify(one.getBoundingClientRect())}`);
    scrollTo(0, 0);
    return found;
  });
