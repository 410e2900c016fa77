// SPDX-License-Identifier: Apache-2.0
import { type Page } from "@playwright/test";
import { expect, screen, sees, shows, test } from "../support/people";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());

/** Presses Tab until the element has the focus, which must be there to be seen. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const [isThere, isSeen] = await page.evaluate((wanted) => {
      const focused = document.activeElement;
      const style = focused === null ? null : getComputedStyle(focused);
      return [focused?.matches(wanted) === true, style !== null && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3] as const;
    }, selector);
    if (!isThere) continue;
    expect(isSeen, `the focus on ${selector} can be seen`).toBe(true);
    return;
  }
  throw new Error(`Tab never comes to ${selector}`);
}

async function press(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector);
  await page.keyboard.press("Enter");
}

/** Where the keyboard and the screen reader start on a new screen. */
const startsAtHeading = (page: Page) => expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");

test("a visit is held from the first to the last key without a mouse", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  await provider.goto(demo.line.links.provider);
  await shows(provider, "provider");

  await patient.goto(demo.line.links.patient);
  await shows(patient, "who");
  await startsAtHeading(patient);
  await press(patient, "[data-primary]");
  await shows(patient, "consent");
  await startsAtHeading(patient);
  await press(patient, "[data-primary]");
  await shows(patient, "device");
  await startsAtHeading(patient);
  await press(patient, '[data-action="join"]');
  await shows(patient, "waiting");
  await startsAtHeading(patient);

  await expect(provider.locator("[data-admit]").first()).toBeVisible();
  await provider.keyboard.press("a");
  await shows(patient, "visit");
  await Promise.all([sees(provider, 1), sees(patient, 1)]);

  await provider.keyboard.press("m");
  await expect(provider.locator('[data-action="mute"]')).toHaveAttribute("aria-pressed", "true");
  await press(patient, '[data-action="camera"]');
  await expect(patient.locator('[data-action="camera"]')).toHaveAttribute("aria-pressed", "true");
  await provider.keyboard.press("c");
  await expect(provider.locator(".chat input")).toBeFocused();
  await provider.keyboard.type("a message with the letters a, e and m");
  await provider.keyboard.press("Enter");
  await press(patient, '[data-action="chat"]');
  await expect(patient.getByRole("log")).toContainText("a message with the letters");
  await patient.keyboard.press("Escape");
  await provider.keyboard.press("Escape");

  await provider.keyboard.press("e");
  await expect(provider.locator('[data-action="confirm-end"]')).toBeFocused();
  await provider.keyboard.press("Enter");
  await shows(patient, "after");
  await startsAtHeading(patient);
  await tabTo(patient, ".star input");
});

test("the single keys can be switched off", async ({ somebody }) => {
  const provider = await somebody();
  await provider.goto(demo.line.links.provider);
  await shows(provider, "provider");
  await provider.keyboard.press("n");
  await expect(provider.getByLabel("Patient ID")).toBeVisible();
  await provider.getByRole("button", { name: "Cancel" }).press("Enter");
  await press(provider, '[aria-pressed="true"][title]');
  await provider.keyboard.press("n");
  await expect(provider.getByLabel("Patient ID")).toHaveCount(0);
});

test("the text of a consent can be read with the keyboard when it is longer than its box", async ({ somebody }) => {
  const patient = await somebody();
  await patient.goto(await demo.link(await demo.book(1, "patient-reads"), "patient"));
  await shows(patient, "who");
  await press(patient, "[data-primary]");
  await expect(screen(patient, "consent")).toBeVisible();
  await tabTo(patient, ".prose");
});
