// SPDX-License-Identifier: Apache-2.0
import type { Page } from "@playwright/test";
import { admit, countsSounds, expect, goOn, openBoard, shows, test, walkIn } from "../support/people";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());

/** Watches whether the page keeps the screen on. Call before the page is opened. */
async function watchesWakeLock(page: Page): Promise<() => Promise<boolean>> {
  await page.addInitScript(() => {
    const held = new Set<object>();
    (globalThis as { held?: Set<object> }).held = held;
    const request = () => {
      const lock = { released: false, release: () => Promise.resolve(void held.delete(lock)) };
      held.add(lock);
      return Promise.resolve(lock);
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
  });
  return () => page.evaluate(() => ((globalThis as { held?: Set<object> }).held?.size ?? 0) > 0);
}

test("the screen stays on from the waiting room to the end, and a sound and the title tell of the admission", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const isAwake = await watchesWakeLock(patient);
  const sounds = await countsSounds(patient);
  const booked = await demo.book(1, "patient-awake");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await expect.poll(isAwake).toBe(true);
  const title = await patient.title();
  expect(await sounds()).toBe(0);

  await admit(provider, await demo.participant(booked.id, "patient"));
  await shows(patient, "visit");
  expect(await patient.title()).not.toBe(title);
  await expect(patient).toHaveTitle(/^● /);
  await expect.poll(sounds).toBe(1);
  expect(await isAwake()).toBe(true);

  await provider.locator('[data-action="end"]').click();
  await provider.locator('[data-action="confirm-end"]').click();
  await shows(patient, "after");
  await expect.poll(isAwake).toBe(false);
  expect(await patient.title()).not.toContain("●");
});

test("a page that was loaded anew asks for a touch, so that its sound will be heard", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const sounds = await countsSounds(patient);
  const booked = await demo.book(1, "patient-silent");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await expect(patient.locator('[data-action="sound"]')).toHaveCount(0);
  await patient.reload();
  await shows(patient, "waiting");
  await patient.locator('[data-action="sound"]').click();
  await expect(patient.locator('[data-action="sound"]')).toHaveCount(0);

  await admit(provider, await demo.participant(booked.id, "patient"));
  await shows(patient, "visit");
  await expect.poll(sounds).toBe(1);
});

test("a patient says where they are, and the provider sees it", async ({ somebody }) => {
  const patient = await somebody();
  const booked = await demo.book(1, "patient-where");
  await walkIn(patient, await demo.link(booked, "patient"));
  await patient.getByText("Tell us where you are now").click();
  const send = patient.getByRole("button", { name: "Send to the clinic" });
  await patient.getByLabel("Address where you are").fill("12 Hill Road");
  await send.click();
  await expect(patient.getByRole("alert").filter({ hasText: "Please give an address and a phone number." })).toBeVisible();
  await patient.getByLabel("Phone number to call you back").fill("020 7946 0123");
  await send.click();
  await expect(patient.getByRole("status").filter({ hasText: "Your provider can see where you are." })).toBeVisible();
  const { participants } = await demo.call<{ participants: { role: string; whereabouts?: unknown }[] }>("GET", `/sessions/${booked.id}`);
  expect(participants.find((one) => one.role === "patient")?.whereabouts).toMatchObject({ address: "12 Hill Road", callbackNumber: "020 7946 0123" });
  const kept = await patient.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }) + document.cookie + location.href);
  expect(kept).not.toContain("Hill Road");
  await patient.locator('[data-action="leave"]').click(); // and is in nobody's way
  await shows(patient, "after");
});

test("everybody who waits knows their place, and moves up", async ({ somebody }) => {
  const [first, second] = [await somebody(), await somebody()];
  const [ahead, behind] = [await demo.book(1, "patient-ahead"), await demo.book(1, "patient-behind")];
  await walkIn(first, await demo.link(ahead, "patient"));
  await walkIn(second, await demo.link(behind, "patient"));
  await expect(first.getByRole("status").filter({ hasText: "You are next." }).first()).toBeVisible();
  await expect(second.getByRole("status").filter({ hasText: "1 person is before you." }).first()).toBeVisible();
  await first.locator('[data-action="leave"]').click();
  await shows(first, "after");
  await expect(second.getByRole("status").filter({ hasText: "You are next." }).first()).toBeVisible();

  // Whoever has left has a way back.
  await first.route("**/visit/new-link", (route) => route.abort("connectionreset"), { times: 1 });
  await goOn(first);
  await expect(first.getByRole("alert").filter({ hasText: "That did not reach the clinic." })).toBeVisible();
  await goOn(first);
  await expect(first.getByRole("status").filter({ hasText: "The clinic has been asked." })).toBeVisible();
  const { items } = await demo.call<{ items: { type: string }[] }>("GET", `/sessions/${ahead.id}/timeline`);
  expect(items.map((item) => item.type)).toContain("link.requested");
  await first.goto("about:blank");
  await walkIn(first, await demo.link(ahead, "patient"));
});
