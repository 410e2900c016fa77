// SPDX-License-Identifier: Apache-2.0
import { expect, goOn, screen, shows, test, walkIn, watched } from "../support/people";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());

test("a link that was never made does not work, and says what to do", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(`${demo.baseUrl}/v/#AAAAAAAAAAAAAAAAAAAAAA`);
  await shows(page, "invalid");
});

test("a link without its code does not work either", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(`${demo.baseUrl}/v/`);
  await shows(page, "invalid");
});

test("an early link counts down", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(await demo.link(await demo.book(20), "patient"));
  await shows(page, "early");
  const clock = page.getByRole("timer").locator("strong");
  const first = await clock.textContent();
  await expect(clock).not.toHaveText(first ?? "");
});

test("an early link goes on by itself once it is time", async ({ somebody }) => {
  const page = await somebody();
  const opensInSeconds = 12;
  await page.goto(await demo.link(await demo.book(15 + opensInSeconds / 60), "patient"));
  await shows(page, "early");
  await shows(page, "who");
});

test("an expired link offers a new one, which the clinic sees", async ({ somebody }) => {
  const page = await somebody();
  const booked = await demo.book(1);
  const link = await demo.link(booked, "patient", 1);
  await expect(async () => {
    await page.goto("about:blank");
    await page.goto(link);
    await expect(screen(page, "expired")).toBeVisible({ timeout: 10_000 });
  }).toPass();
  await goOn(page);
  await expect(page.getByRole("status").filter({ hasText: "The clinic has been asked" })).toBeVisible();
  const { items } = await demo.call<{ items: { type: string }[] }>("GET", `/sessions/${booked.id}/timeline`);
  expect(items.map((item) => item.type)).toContain("link.requested");
});

test("a link that somebody else has used says so, and lets its owner ask for a new one", async ({ somebody }) => {
  const [owner, stranger] = [await somebody(), await somebody()];
  const link = await demo.link(await demo.book(1), "patient");
  await walkIn(owner, link);
  await stranger.goto(link);
  await shows(stranger, "used");
  await shows(owner, "waiting");
});

test("a link that was replaced is no longer good, and the new one is", async ({ somebody }) => {
  const page = await somebody();
  const booked = await demo.book(1);
  const old = await demo.link(booked, "patient");
  const fresh = await demo.link(booked, "patient");
  await page.goto(old);
  await shows(page, "used");
  await page.goto("about:blank");
  await page.goto(fresh);
  await shows(page, "who");
});

test("the link of a cancelled visit says that it is cancelled", async ({ somebody }) => {
  const page = await somebody();
  const booked = await demo.book(1);
  const link = await demo.link(booked, "patient");
  await demo.cancel(booked);
  await page.goto(link);
  await shows(page, "cancelled");
});

test("opening a link uses nothing up, however often", async ({ somebody }) => {
  const page = await somebody();
  const link = await demo.link(await demo.book(1), "patient");
  for (let time = 0; time < 3; time++) {
    await page.goto("about:blank");
    await page.goto(link);
    await shows(page, "who");
  }
});

test("a join whose answer was lost is asked for again and leads in", async ({ somebody }) => {
  const page = await somebody();
  let joins = 0;
  await page.route("**/visit/join", async (route) => {
    joins++;
    if (joins > 1) return route.continue();
    await route.fetch(); // The service gets it, the browser never hears back.
    return route.abort("connectionreset");
  });
  await walkIn(page, await demo.link(await demo.book(1), "patient"));
  expect(joins).toBe(2);
});

test("a join whose answer was lost leads in even after a reload", async ({ somebody }) => {
  const page = await somebody();
  const lost = page.waitForRequest("**/visit/join");
  await page.route("**/visit/join", async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  }, { times: 1 });
  await page.goto(await demo.link(await demo.book(1), "patient"));
  await shows(page, "who");
  await goOn(page);
  if (await screen(page, "consent").isVisible()) await goOn(page);
  await shows(page, "device");
  await page.locator('[data-action="join"]').click();
  await lost;
  await page.reload();
  await shows(page, "waiting");
});

test("saying no to a video visit is an answer, with a way back", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(await demo.link(await demo.book(1, "patient-says-no"), "patient"));
  await goOn(page);
  await shows(page, "consent");
  await page.locator('[data-action="refuse"]').click();
  await expect(page.getByRole("heading", { name: "You said no to a video visit" })).toBeVisible();
  await page.getByRole("button", { name: "Tell the clinic and wait" }).click();
  await shows(page, "waiting");
  await page.locator('[data-action="consent"]').click();
  await shows(page, "consent");
  await goOn(page);
  await shows(page, "waiting");
  await expect(page.locator('[data-action="consent"]')).toHaveCount(0);
});

const insideAnotherApp = {
  Instagram: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 330.0.0",
  "an app's view on Android": "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0 Mobile Safari/537.36",
  "an app's view on iOS": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
};

for (const [name, userAgent] of Object.entries(insideAnotherApp)) {
  test(`inside ${name} the page says how to get to a real browser, and the link stays good`, async ({ browser, somebody }) => {
    const inside = await browser.newContext({ userAgent });
    const page = watched(await inside.newPage());
    const link = await demo.link(await demo.book(1), "patient");
    await page.goto(link);
    await shows(page, "who");
    await expect(page.getByText("Your camera will not work here")).toBeVisible();
    await expect(page.getByText("Open in browser")).toBeVisible();
    await inside.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator('[data-action="copy-link"]').click();
    await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    await inside.close();

    await walkIn(await somebody(), copied);
  });
}

test("an ordinary browser is not warned of", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(await demo.link(await demo.book(1), "patient"));
  await shows(page, "who");
  await expect(page.getByText("Your camera will not work here")).toHaveCount(0);
});
