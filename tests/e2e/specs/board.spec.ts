// SPDX-License-Identifier: Apache-2.0
import type { Page } from "@playwright/test";
import { admit, countsSounds, expect, goOn, openBoard, screen, shows, test, walkIn } from "../support/people";
import { until } from "../support/process";
import { withholdsEncounter } from "../support/record";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeEach(async () => void (demo = await Demo.start()));
test.afterEach(() => demo.stop());

const waiting = (board: Page) => board.locator(".item.waiting");

/** The patient and the interpreter of the sample visit, both in the waiting room, the interpreter first. */
async function bothWait(patient: Page, interpreter: Page): Promise<void> {
  await walkIn(interpreter, demo.line.links.interpreter);
  await walkIn(patient, demo.line.links.patient);
}

test("a patient and the interpreter who came with them are let in with one button that says so", async ({ somebody }) => {
  const [provider, patient, interpreter] = [await somebody(), await somebody(), await somebody()];
  await openBoard(provider, demo.line.links.provider);
  await bothWait(patient, interpreter);
  await expect(waiting(provider)).toHaveCount(2);

  await waiting(provider).getByRole("button", { name: "Admit both Amina Karimi and Omar Nazari" }).click();

  await Promise.all([shows(patient, "visit"), shows(interpreter, "visit")]);
  await expect(waiting(provider)).toHaveCount(0);
});

test("one key lets in the patient and the interpreter, even when the interpreter has waited longer", async ({ somebody }) => {
  const [provider, patient, interpreter] = [await somebody(), await somebody(), await somebody()];
  await openBoard(provider, demo.line.links.provider);
  await bothWait(patient, interpreter);
  await expect(provider.locator('.board-lists [data-action="admit-linked"] kbd')).toHaveText("A");

  await provider.keyboard.press("a");

  await Promise.all([shows(patient, "visit"), shows(interpreter, "visit")]);
});

test("an interpreter can still be kept waiting while the patient is let in alone", async ({ somebody }) => {
  const [provider, patient, interpreter] = [await somebody(), await somebody(), await somebody()];
  await openBoard(provider, demo.line.links.provider);
  await bothWait(patient, interpreter);
  await waiting(provider).locator(`[data-admit="${await demo.participant(demo.line.session.id, "patient")}"]`).click();
  await shows(patient, "visit");
  await shows(interpreter, "waiting");
});

test("whoever is let in while another one is still on the way in comes in too", async ({ somebody }) => {
  const [provider, patient, interpreter] = [await somebody(), await somebody(), await somebody()];
  await openBoard(provider, demo.line.links.provider);
  await bothWait(patient, interpreter);
  const sessionId = demo.line.session.id;
  let bothAsked = (): void => undefined;
  const asked = new Promise<void>((done) => (bothAsked = done));
  await provider.route(/\/admit$/, async (route) => {
    await asked;
    await route.continue();
  });

  await admit(provider, await demo.participant(sessionId, "patient"));
  await admit(provider, await demo.participant(sessionId, "interpreter"));
  bothAsked();

  await Promise.all([shows(patient, "visit"), shows(interpreter, "visit")]);
});

test("who comes is heard and seen in the title, stands below who has waited longer, and their time ticks", async ({ somebody }) => {
  const [provider, first, second] = [await somebody(), await somebody(), await somebody()];
  const sounds = await countsSounds(provider);
  await openBoard(provider, demo.line.links.provider);
  await expect(provider.locator('[data-action="sound"]')).toBeVisible();
  await provider.locator('[data-action="sound"]').click();
  await expect(provider.locator('[data-action="sound"]')).toHaveCount(0);
  expect(await sounds()).toBe(0);

  await walkIn(first, await demo.link(await demo.book(1, "patient-first"), "patient"));
  await expect(provider).toHaveTitle(/^\(1\)/);
  await expect.poll(sounds).toBe(1);
  const waits = async () => {
    const clocks = await waiting(provider).locator(".clock").allTextContents();
    return clocks.map((clock) => clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0));
  };
  // Two people can come within one second, and a clock shows whole ones.
  await expect.poll(async () => (await waits())[0]).toBeGreaterThan(0);
  const people = [{ role: "provider", userId: "dr-rahimi" }, { role: "patient", language: "fa-AF" }, { role: "interpreter", linkedTo: "patient" }];
  await walkIn(second, await demo.link(await demo.book(1, "patient-second", { participants: people }), "patient"));
  await expect(provider).toHaveTitle(/^\(2\)/);
  await expect.poll(sounds).toBe(2);

  const facts = waiting(provider).nth(1).locator(".item-facts");
  await expect(facts).toContainText("Dari");
  await expect(facts).toContainText("Interpreter");
  await expect(facts.getByTitle("Good connection")).toBeVisible();
  await expect(waiting(provider).nth(0).locator(".item-facts")).not.toContainText("Interpreter");

  const ahead = async () => {
    const [longest = 0, shortest = 0] = await waits();
    return longest - shortest;
  };
  await expect.poll(ahead).toBeGreaterThan(0);
  const [longest = 0] = await waits();
  await expect.poll(async () => (await waits())[0]).toBeGreaterThan(longest + 1);
});

test("a visit's preparation is on the board as it happens", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-prepares");
  const link = await demo.link(booked, "patient");
  await openBoard(provider, demo.line.links.provider);
  const row = provider.locator(`[data-session="${booked.id}"]`);
  await row.click();
  await expect(row).toContainText("Link not opened yet");
  await expect(row).toContainText("No device test yet");
  await expect(row).toContainText("Consent is missing");

  await walkIn(patient, link, { prepared: true });

  await expect(row).toContainText("Link opened");
  await expect(row).toContainText("Camera and microphone tested");
  await expect(row).toContainText("Consent given");
  await expect(provider.getByRole("region", { name: "Preparation" })).toContainText(/Camera and microphone tested · [\d,]+ kbit\/s/);
});

test("who asks for a new link is seen on the board, and gets one there", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-asks");
  const replaced = await demo.link(booked, "patient");
  await demo.link(booked, "patient");
  await openBoard(provider, demo.line.links.provider);
  const row = provider.locator(`[data-session="${booked.id}"]`);
  await patient.goto(replaced);
  await shows(patient, "used");
  await goOn(patient);
  await expect(row).toContainText("Asks for a new link");

  await row.click();
  await provider.locator('[data-action="link"]').first().click();
  const fresh = await provider.getByLabel(/^Link for/).inputValue();
  await expect(row).not.toContainText("Asks for a new link");
  await patient.goto("about:blank");
  await patient.goto(fresh);
  await shows(patient, "who");
});

test("somebody who was taken out by mistake is brought back with a new link", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-mistake");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await provider.locator(`[data-session="${booked.id}"]`).click();
  await provider.locator('[data-action="remove"]').click();
  await shows(patient, "removed");

  const again = provider.locator(".member.gone").getByRole("button", { name: "Invite again" });
  await expect(again).toBeFocused();
  await again.click();
  const fresh = await provider.getByLabel(/^Link for/).inputValue();
  await patient.goto("about:blank");
  await walkIn(patient, fresh);
  await expect(waiting(provider)).toHaveCount(1);
});

test("notes to self stay in the tab: they are sent nowhere and stored nowhere", async ({ somebody }) => {
  const provider = await somebody();
  const words = "sore throat since Monday";
  const leaks: string[] = [];
  provider.on("request", (request) => {
    if ((request.url() + (request.postData() ?? "")).includes("sore")) leaks.push(request.url());
  });
  await openBoard(provider, demo.line.links.provider);
  await provider.locator(`[data-session="${demo.line.session.id}"]`).click();
  await provider.locator("[data-notes]").fill(words);
  await provider.locator('[data-action="join"]').click();
  // The same notes beside the visit.
  await expect(provider.locator(".visit-side [data-notes]")).toHaveValue(words);
  const kept = await provider.evaluate(() => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }) + document.cookie + location.href);
  expect(kept).not.toContain("sore");
  expect(leaks).toEqual([]);
});

test("a visit that the record has not taken stands in a list of its own until it is there", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-late");
  const letThrough = await withholdsEncounter(provider, booked.id);
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await provider.locator("[data-admit]").first().click();
  await shows(patient, "visit");
  await provider.locator('[data-action="end"]').click();
  await provider.locator('[data-action="confirm-end"]').click();
  await shows(patient, "after");

  const late = provider.locator('[data-list="late"]');
  await expect(late).toContainText("Not in the record yet");
  const retried = provider.waitForResponse((response) => response.url().endsWith(`/sessions/${booked.id}/encounter/retry`));
  await late.getByRole("button", { name: "Try again now" }).click();
  expect((await retried).status()).toBe(200);
  await expect(late.getByRole("button", { name: "Trying…" })).toBeVisible();
  await late.locator(".item-main").click();
  await expect(provider.getByText("Encounter is on its way to the record")).toBeVisible();
  await expect(provider.locator("main code")).toHaveText(booked.id);

  letThrough();
  await until("the Encounter", async () => (await demo.session(booked.id)).encounterId);
  await expect(provider.locator("[data-encounter]")).toBeVisible();
  await expect(late).toHaveCount(0);
});

test("a provider's stream that is cut is said on the board, and comes back by itself", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  let cut = true;
  await provider.route("**/virtual-care/events*", (route) => (cut ? route.abort("connectionreset") : route.continue()));
  await openBoard(provider, demo.line.links.provider);
  await expect(provider.getByRole("status").filter({ hasText: "Reconnecting" })).toBeVisible();
  await walkIn(patient, demo.line.links.patient);
  cut = false;
  await expect(provider.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
  await expect(waiting(provider)).toHaveCount(1);
  await expect(screen(provider, "provider")).toBeVisible();
});
