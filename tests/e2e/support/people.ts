// SPDX-License-Identifier: Apache-2.0
/** What people do on the pages, told by the attributes that the pages promise. */
import { test as base, expect, type Page } from "@playwright/test";

export { expect };

/** Gives each person a browser window of their own, and closes all of them after the test. */
export const test = base.extend<{ somebody: () => Promise<Page> }>({
  somebody: async ({ browser }, use) => {
    const windows: Page[] = [];
    await use(async () => {
      const context = await browser.newContext();
      const page = watched(await context.newPage());
      windows.push(page);
      return page;
    });
    await Promise.all(windows.map((page) => page.context().close()));
  },
});

/** No request leaves for another place, no policy is broken, and nothing throws. */
export function watched(page: Page): Page {
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http")) expect.soft(hostname, `request to ${request.url()}`).toMatch(/^(127\.0\.0\.1|localhost)$/);
  });
  page.on("pageerror", (error) => expect.soft(error.stack ?? error.message, "the page threw").toBe(""));
  page.on("console", (message) => expect.soft(message.text(), "console").not.toMatch(/Content Security Policy|Refused to/));
  return page;
}

/**
 * As the browser answers for somebody who has pressed "Block" when it asked for camera and microphone; what it gives
 * takes the block away. Call before the page is opened.
 */
export async function refusesDevices(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wanted) =>
      (globalThis as { isAllowed?: boolean }).isAllowed === true ? ask(wanted) : Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  });
  return () => page.evaluate(() => void ((globalThis as { isAllowed?: boolean }).isAllowed = true));
}

/** Makes the questions of a link's page ones that only the clinic itself can take the answers to. */
export async function asksElsewhere(page: Page): Promise<void> {
  interface Asked {
    consents?: object[];
    visit?: Asked;
  }
  const elsewhere = (asked: Asked): Asked => ({
    ...asked,
    ...(asked.consents === undefined ? {} : { consents: asked.consents.map((one) => ({ ...one, answerable: false })) }),
    ...(asked.visit === undefined ? {} : { visit: elsewhere(asked.visit) }),
  });
  await page.route(/\/visit\/(preview|join)$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: elsewhere((await response.json()) as Asked) });
  });
}

export const screen = (page: Page, name: string) => page.locator(`main[data-screen="${name}"]`);
export const shows = (page: Page, name: string) => expect(screen(page, name)).toBeVisible();
export const goOn = (page: Page) => page.locator("[data-primary]").click();

/**
 * Opens a link and walks into the waiting room, saying yes where something is asked. `prepared` waits on the device
 * screen for what is measured there; most people do not.
 */
export async function walkIn(page: Page, link: string, { prepared = false } = {}): Promise<void> {
  await page.goto(link);
  await shows(page, "who");
  await goOn(page);
  const consent = screen(page, "consent");
  const device = screen(page, "device");
  await expect(consent.or(device)).toBeVisible();
  if (await consent.isVisible()) await goOn(page);
  await shows(page, "device");
  if (prepared) await expect(screen(page, "device")).toContainText("kbit/s", { timeout: 60_000 });
  await page.locator('[data-action="join"]').click();
  await shows(page, "waiting");
}

export async function openBoard(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await shows(page, "provider");
  await expect(page.locator("[data-session]").first()).toBeVisible();
}

/** Lets somebody in from the list of those who wait. */
export const admit = (page: Page, participantId: string) => page.locator(`[data-admit="${participantId}"]`).first().click();

/** Waits until so many other people are seen moving: frames are decoded, and more of them a moment later. */
export async function sees(page: Page, people: number): Promise<void> {
  await expect(page.locator("video[data-peer]")).toHaveCount(people);
  const frames = () =>
    page.locator("video[data-peer]").evaluateAll((videos) =>
      (videos as HTMLVideoElement[]).map((video) => (video.videoWidth > 0 && !video.paused ? video.getVideoPlaybackQuality().totalVideoFrames : 0)),
    );
  await expect.poll(async () => Math.min(...(await frames())), { timeout: 60_000 }).toBeGreaterThan(5);
  const before = await frames();
  await expect.poll(async () => (await frames()).every((count, index) => count > (before[index] ?? 0)), { timeout: 60_000 }).toBe(true);
}

/**
 * Counts the tones a page plays, two to a chime, in pairs. Call before the page is opened. Only what the test presses
 * counts as a touch: to the browser every question that a test asks of a page is one too, so that a page that draws
 * itself later than the first question would find its sound unlocked.
 */
export async function countsSounds(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const start = OscillatorNode.prototype.start;
    const counted = globalThis as { tones?: number };
    counted.tones = 0;
    let touched = false;
    for (const kind of ["pointerdown", "keydown"]) globalThis.addEventListener(kind, () => (touched = true), true);
    Object.defineProperty(navigator, "userActivation", { get: () => ({ hasBeenActive: touched, isActive: touched }) });
    OscillatorNode.prototype.start = function (...args) {
      counted.tones = (counted.tones ?? 0) + 1;
      return start.apply(this, args);
    };
  });
  return () => page.evaluate(() => ((globalThis as { tones?: number }).tones ?? 0) / 2);
}
