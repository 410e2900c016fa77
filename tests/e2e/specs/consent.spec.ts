// SPDX-License-Identifier: Apache-2.0
import type { Page } from "@playwright/test";
import { admit, expect, openBoard, screen, sees, shows, test, walkIn } from "../support/people";
import { until } from "../support/process";
import { Demo, type Session } from "../support/service";

let demo: Demo;
test.beforeEach(async () => void (demo = await Demo.start()));
test.afterEach(() => demo.stop());

async function withdraw(patient: Page): Promise<void> {
  if (await screen(patient, "visit").isVisible()) await patient.locator('[data-action="devices"]').click();
  await patient.locator('[data-action="withdraw"]').click();
  await patient.locator('[data-action="confirm-withdraw"]').click();
}

const over = (id: string, status: string) =>
  until(`the visit to be ${status}`, async () => {
    const session = await demo.call<Session & { endReason?: string; cancelReason?: string }>("GET", `/sessions/${id}`);
    return session.status === status && session;
  });

/** A screen that says what happened and where to turn to. */
async function hasAWayOn(patient: Page): Promise<void> {
  await shows(patient, "after");
  await expect(patient.getByRole("heading", { name: "The visit has stopped" })).toBeFocused();
  await expect(patient.getByText("You took back your yes to video visits")).toBeVisible();
  await expect(patient.locator('a[data-primary][data-action="contact"]')).toHaveAttribute("href", "tel:02079460000");
}

test("a patient who takes back their consent in the visit ends it for everybody, and everybody is told why", async ({ somebody }) => {
  const [provider, patient, interpreter] = [await somebody(), await somebody(), await somebody()];
  const sessionId = demo.line.session.id;
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, demo.line.links.patient);
  await walkIn(interpreter, demo.line.links.interpreter);
  await admit(provider, await demo.participant(sessionId, "patient"));
  await admit(provider, await demo.participant(sessionId, "interpreter"));
  await Promise.all([sees(provider, 2), sees(patient, 2), sees(interpreter, 2)]);

  await withdraw(patient);

  await hasAWayOn(patient);
  await shows(interpreter, "after");
  await expect(interpreter.getByText("The patient no longer wants a video visit")).toBeVisible();
  await expect(interpreter.getByText("You took back")).toHaveCount(0);
  await expect(provider.getByRole("status").filter({ hasText: "The patient took back their consent" })).toBeVisible();
  await expect(provider.locator("video[data-peer]")).toHaveCount(0);
  expect(await over(sessionId, "ended")).toMatchObject({ endReason: "consent_withdrawn" });
  // It took place, so the record hears of it.
  await expect(provider.locator("[data-encounter]")).toBeVisible();

  // The cameras are given back, and the way in is closed.
  await patient.reload();
  await shows(patient, "ended");
});

test("a patient who takes back their consent in the waiting room cancels the visit, and the clinic is told why", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-withdraws");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await expect(provider.locator("[data-admit]").first()).toBeVisible();

  await withdraw(patient);

  await hasAWayOn(patient);
  expect(await over(booked.id, "cancelled")).toMatchObject({ cancelReason: "consent_withdrawn" });
  await provider.locator(`[data-session="${booked.id}"]`).click();
  await expect(provider.getByRole("status").filter({ hasText: "The patient took back their consent" })).toBeVisible();
  await expect(provider.locator("[data-admit]")).toHaveCount(0);
});

test("a withdrawal that does not reach the service says so and changes nothing", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-offline");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await admit(provider, await demo.participant(booked.id, "patient"));
  await shows(patient, "visit");
  await patient.route("**/visit/consents", (route) => route.abort("connectionreset"));

  await withdraw(patient);

  await expect(patient.getByRole("alert")).toBeVisible();
  await shows(patient, "visit");
  expect((await demo.session(booked.id)).status).toBe("active");
});
