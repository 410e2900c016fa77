// SPDX-License-Identifier: Apache-2.0
import { type Page } from "@playwright/test";
import { networkOf, type Network } from "../support/network";
import { admit, expect, openBoard, sees, shows, test, walkIn, watched } from "../support/people";
import { until } from "../support/process";
import { Demo, type Session } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());

const reconnecting = (page: Page) => page.getByRole("status").filter({ hasText: /reconnect/i });

/** As a laptop that is closed and opened again: the page stands still, and its connections die unheard meanwhile. */
async function sleeps(page: Page, network: Network, meanwhile: () => Promise<void>): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await network.lose();
  await meanwhile();
  await network.widen();
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await devtools.detach();
}

test.describe("in the waiting room", () => {
  let booked: Session;
  let patientId: string;
  test.beforeEach(async () => {
    booked = await demo.book(1);
    patientId = await demo.participant(booked.id, "patient");
  });

  test("a reload changes nothing", async ({ somebody }) => {
    const page = await somebody();
    await walkIn(page, await demo.link(booked, "patient"));
    await page.reload();
    await shows(page, "waiting");
    expect((await demo.session(booked.id)).participants.find((one) => one.id === patientId)?.status).toBe("waiting");
  });

  test("who loses the network is told so, and hears afterwards what was missed", async ({ somebody }) => {
    const [provider, patient] = [await somebody(), await somebody()];
    await openBoard(provider, demo.line.links.provider);
    const network = await networkOf(patient);
    await walkIn(patient, await demo.link(booked, "patient"));
    await network.lose();
    await expect(reconnecting(patient)).toBeVisible();
    await admit(provider, patientId);
    await until("the admission", async () => (await demo.session(booked.id)).status === "active");
    await expect(reconnecting(patient)).toBeVisible();
    await shows(patient, "waiting");

    await network.widen();
    await shows(patient, "visit");
    await expect(reconnecting(patient)).toHaveCount(0);
  });

  test("the page survives the device's sleep and still goes in by itself", async ({ somebody }) => {
    const [provider, patient] = [await somebody(), await somebody()];
    await openBoard(provider, demo.line.links.provider);
    const network = await networkOf(patient);
    await walkIn(patient, await demo.link(booked, "patient"));
    await sleeps(patient, network, async () => {
      await admit(provider, patientId);
      await until("the admission", async () => (await demo.session(booked.id)).status === "active");
    });
    await shows(patient, "visit");
  });

  test("a cut stream is said and comes back by itself", async ({ somebody }) => {
    const page = await somebody();
    let cut = true;
    await page.route("**/visit/events", (route) => (cut ? route.abort("connectionreset") : route.continue()));
    await walkIn(page, await demo.link(booked, "patient"));
    await expect(reconnecting(page)).toBeVisible();
    cut = false;
    await expect(reconnecting(page)).toHaveCount(0);
    await shows(page, "waiting");
  });
});

test.describe("in the visit", () => {
  let booked: Session;
  let provider: Page;
  let patient: Page;
  test.beforeEach(async ({ somebody }) => {
    booked = await demo.book(1);
    [provider, patient] = [await somebody(), await somebody()];
    await openBoard(provider, demo.line.links.provider);
    await walkIn(patient, await demo.link(booked, "patient"));
    await admit(provider, await demo.participant(booked.id, "patient"));
    await Promise.all([sees(provider, 1), sees(patient, 1)]);
  });
  test("the patient reloads and both see each other again", async () => {
    await patient.reload();
    await shows(patient, "visit");
    await Promise.all([sees(provider, 1), sees(patient, 1)]);
  });

  test("the provider reloads and is back in the visit", async () => {
    await provider.reload();
    await Promise.all([sees(provider, 1), sees(patient, 1)]);
  });

  test("a camera that was off stays off after a reload", async () => {
    await patient.locator('[data-action="camera"]').click();
    await expect(patient.locator('[data-action="camera"]')).toHaveAttribute("aria-pressed", "true");
    await patient.reload();
    await shows(patient, "visit");
    await expect(patient.locator('[data-action="camera"]')).toHaveAttribute("aria-pressed", "true");
    await sees(patient, 1);
    await patient.locator('[data-action="camera"]').click();
    await sees(provider, 1);
  });

});

const overlay = (page: Page) => page.locator(".tile-cover").filter({ hasText: "Reconnecting to" });
const lostNetwork = (page: Page) => page.getByRole("status").filter({ hasText: "Your internet dropped." });

test("who loses the network in the visit is told so, both sides see it come back, and the visit goes on", async ({ somebody }) => {
  const booked = await demo.book(1);
  const [provider, patient] = [await somebody(), await somebody()];
  const networks = [await networkOf(provider), await networkOf(patient)] as const;
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await admit(provider, await demo.participant(booked.id, "patient"));
  await Promise.all([sees(provider, 1), sees(patient, 1)]);

  for (const [network, loser] of [[networks[1], patient], [networks[0], provider]] as const) {
    await network.lose();
    await expect(lostNetwork(loser)).toBeVisible();
    await Promise.all([expect(overlay(patient)).toBeVisible(), expect(overlay(provider)).toBeVisible()]);
    await network.widen();
    await expect(lostNetwork(loser)).toHaveCount(0);
    await Promise.all([expect(overlay(patient)).toHaveCount(0), expect(overlay(provider)).toHaveCount(0)]);
    await Promise.all([sees(provider, 1), sees(patient, 1)]);
  }
  expect((await demo.session(booked.id)).status).toBe("active");
});

test("two people share one browser, each in their own seat", async ({ somebody }) => {
  const demoSession = demo.line.session.id;
  const provider = await somebody();
  const patient = await somebody();
  const interpreter = watched(await patient.context().newPage());
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, demo.line.links.patient);
  await walkIn(interpreter, demo.line.links.interpreter);
  await patient.reload();
  await shows(patient, "waiting");
  await interpreter.reload();
  await shows(interpreter, "waiting");

  await admit(provider, await demo.participant(demoSession, "patient"));
  await shows(patient, "visit");
  await shows(interpreter, "waiting");
  await admit(provider, await demo.participant(demoSession, "interpreter"));
  await Promise.all([sees(provider, 2), sees(patient, 2), sees(interpreter, 2)]);
});
