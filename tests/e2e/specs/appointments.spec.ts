// SPDX-License-Identifier: Apache-2.0
/** Appointments of another service that cannot become a visit yet, on the board of the clinic. */
import type { Page } from "@playwright/test";
import { lookAt } from "../support/looks";
import { expect, openBoard, shows, test } from "../support/people";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeEach(async () => {
  demo = await Demo.start();
  // Else patients are asked on the way in, and their appointments lack nothing.
  await demo.configure({ telehealthConsentAt: "create" });
});
test.afterEach(() => demo.stop());

const list = (board: Page) => board.locator('[data-list="appointments"]');
const rows = (board: Page) => list(board).locator("[data-appointment]");

/** One that another service has made; with the demo's clinician as its provider, or without any. */
const schedule = (appointmentId: string, minutes: number, more: Readonly<Record<string, unknown>> = { providerId: "dr-rahimi" }) =>
  demo.hear("scheduling.appointment.scheduled.v1", {
    appointmentId, patientId: `patient-of-${appointmentId}`, visitType: "virtual", scheduledStart: new Date(Date.now() + minutes * 60_000).toISOString(), ...more,
  });

const agrees = (patientId: string) => demo.call("POST", "/consents", { patientId, type: "telehealth", method: "paper" });

test("an appointment stands on the board with what it lacks and what to do, until it has its visit", async ({ somebody }) => {
  const provider = await somebody();
  await schedule("appointment-1", 20);
  await openBoard(provider, demo.line.links.provider);

  const row = provider.locator('[data-appointment="appointment-1"]');
  await expect(row).toContainText("patient-of-appointment-1");
  await expect(row).toContainText("Consent is missing");
  await expect(row).toContainText("Ask the patient, and record their answer");
  await expect(list(provider).getByRole("heading")).toHaveText("Appointments without a visit 1");

  await agrees("patient-of-appointment-1");

  await expect(list(provider)).toHaveCount(0);
  await expect(provider.locator("[data-session]").filter({ hasText: "patient-of-appointment-1" })).toBeVisible();
});

test("one that comes while the board is open is there with the next change, and takes nobody away from what they do", async ({ somebody }) => {
  const provider = await somebody();
  await openBoard(provider, demo.line.links.provider);
  await expect(provider.locator(".live.up")).toBeVisible();
  await provider.locator("[data-notes]").fill("sore throat");
  await schedule("appointment-2", 20, { providerId: "dr-rahimi" });
  await demo.call("POST", "/consents", { patientId: "patient-e2e", type: "telehealth", method: "paper" });

  await demo.book(5);

  await expect(rows(provider)).toHaveCount(1);
  await expect(provider.locator("[data-notes]")).toBeFocused();
  await expect(provider.locator("[data-notes]")).toHaveValue("sore throat");
});

for (const [language, all, fewer] of [["en", "Show all 4", "Show fewer"], ["fa-AF", "نشان دادن هر ۴ نوبت", "نشان دادن کمتر"]] as const) {
  test(`the soonest are in sight, and all of them by keyboard, in ${language}`, async ({ somebody }) => {
    const provider = await somebody();
    for (const [id, minutes] of [["d", 30], ["a", 1500], ["c", 60], ["b", 90]] as const) await schedule(id, minutes);
    const link = new URL(demo.line.links.provider);
    link.searchParams.set("lang", language);
    await openBoard(provider, link.href);

    await expect(rows(provider)).toHaveCount(2);
    const order = () => rows(provider).evaluateAll((found) => found.map((row) => (row as HTMLElement).dataset["appointment"]));
    expect(await order()).toEqual(["d", "c"]);
    await lookAt(provider, "provider-appointments");
    await list(provider).getByRole("button", { name: all }).press("Enter");

    await expect(rows(provider)).toHaveCount(4);
    expect(await order()).toEqual(["d", "c", "b", "a"]);
    await expect(list(provider).getByRole("button", { name: fewer })).toBeFocused();
    await shows(provider, "provider");
    await lookAt(provider, "provider-appointments-all");
    // The lists scroll in their own column, and the page stands still.
    const beyond = await provider.evaluate(() => document.documentElement.scrollHeight - document.documentElement.clientHeight);
    expect(beyond).toBeLessThanOrEqual(0);
  });
}

test("an appointment without a provider is seen by the desk, who can have one named", async ({ somebody }) => {
  const [desk, provider] = [await somebody(), await somebody()];
  await schedule("appointment-3", 20, {});
  await openBoard(provider, demo.line.links.provider);
  await openBoard(desk, demo.line.links.admin);

  await expect(rows(desk)).toContainText("No provider is named");
  await expect(rows(desk)).toContainText("Name one in your scheduling system");
  await expect(rows(provider), "it is nobody's yet").toHaveCount(0);
});

for (const role of ["auditor", "tenant_admin"] as const) {
  test(`whoever comes as ${role} is not shown the list, nor an error`, async ({ somebody }) => {
    const page = await somebody();
    const asked: string[] = [];
    page.on("request", (request) => request.url().includes("/appointments/waiting") && asked.push(request.url()));
    await schedule("appointment-4", 20);
    const listed = page.waitForResponse((response) => /\/sessions\?/.test(response.url()));
    await page.goto(`${demo.baseUrl}/provider#token=${demo.line.staffTokens[role]}`);
    await shows(page, "provider");
    await listed;

    await expect(page.getByText("No visits today.").or(page.locator("[data-session]")).first()).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(list(page)).toHaveCount(0);
    expect(asked).toEqual([]);
  });
}
