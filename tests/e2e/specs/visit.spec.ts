// SPDX-License-Identifier: Apache-2.0
import { admit, expect, goOn, openBoard, sees, shows, test, walkIn } from "../support/people";
import { until } from "../support/process";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());

test("a provider, a patient and an interpreter see each other, and the end brings the Encounter", async ({ somebody }) => {
  const [provider, patient, interpreter] = [await somebody(), await somebody(), await somebody()];
  const sessionId = demo.line.session.id;
  const patientId = await demo.participant(sessionId, "patient");
  const interpreterId = await demo.participant(sessionId, "interpreter");
  await openBoard(provider, demo.line.links.provider);
  expect(provider.url()).not.toContain("token");
  await walkIn(patient, demo.line.links.patient);
  await walkIn(interpreter, demo.line.links.interpreter);

  // Before admission there is nothing to see, and the service gives nothing out.
  await expect(patient.locator("video[data-peer]")).toHaveCount(0);
  const early = await patient.evaluate(
    async (id) => (await fetch("/api/v1/virtual-care/visit/video", { headers: { "X-Vcare-Visit": id } })).status,
    patientId,
  );
  expect(early).toBe(403);

  await admit(provider, patientId);
  await shows(patient, "visit");
  expect((await demo.session(sessionId)).status).toBe("active");
  await shows(interpreter, "waiting");
  await admit(provider, interpreterId);
  await shows(interpreter, "visit");

  // Six streams: each of the three sees the two others.
  await Promise.all([sees(provider, 2), sees(patient, 2), sees(interpreter, 2)]);

  await patient.locator('[data-action="chat"]').click();
  await patient.getByRole("textbox").fill("Can you hear me?");
  await patient.keyboard.press("Enter");
  await provider.locator('[data-action="chat"]').click();
  await expect(provider.getByRole("log")).toContainText("Can you hear me?");
  await interpreter.locator('[data-action="chat"]').click();
  await expect(interpreter.getByRole("log")).toContainText("Can you hear me?");
  await interpreter.keyboard.press("Escape");

  await provider.locator('[data-mode="audio_only"]').click();
  await until("the mode in the record", async () => (await demo.session(sessionId)).mode === "audio_only");
  await expect(patient.locator('[data-action="audio-only"]')).toHaveAttribute("aria-pressed", "true");

  await provider.locator('[data-action="end"]').click();
  await provider.locator('[data-action="confirm-end"]').click();
  await shows(patient, "after");
  await shows(interpreter, "after");
  await expect(provider.locator("[data-encounter]")).toBeVisible();
  const { encounterId, status } = await demo.session(sessionId);
  expect(status).toBe("ended");
  expect(encounterId).toBe(await provider.locator("[data-encounter]").getAttribute("data-encounter"));
  const encounter = await demo.call<{ resourceType: string; status: string }>("GET", `/sessions/${sessionId}/fhir`);
  expect(encounter).toMatchObject({ resourceType: "Encounter", status: "finished" });

  await patient.getByLabel("4 stars").check({ force: true });
  await patient.locator("[data-primary]").click();
  await expect(patient.getByText("Thank you for telling us.")).toBeVisible();
});

test("an interpreter invited by link and an observer come as what they are, are asked nothing, and see each other", async ({ somebody }) => {
  const [provider, interpreter, observer] = [await somebody(), await somebody(), await somebody()];
  const participants = [{ role: "provider", userId: "dr-rahimi" }, { role: "patient" }, { role: "observer", displayName: "Nadia Amiri" }];
  const booked = await demo.book(1, "patient-guests", { participants });
  await openBoard(provider, demo.line.links.provider);
  await provider.locator(`[data-session="${booked.id}"]`).click();
  await provider.locator('[data-action="invite"]').click();
  const link = await provider.getByLabel("Link for Interpreter").inputValue();

  for (const [page, url, words] of [[interpreter, link, "You are here as the interpreter."], [observer, await demo.link(booked, "observer"), "You are here as an observer."]] as const) {
    await page.goto(url);
    await expect(page.getByText(words)).toBeVisible();
    await goOn(page);
    await shows(page, "device"); // No question of consent in between.
    await page.locator('[data-action="join"]').click();
    await shows(page, "waiting");
  }
  await expect(provider.locator(".item.waiting").filter({ hasText: "Nadia Amiri" })).toContainText("Observer");
  await admit(provider, await demo.participant(booked.id, "interpreter"));
  await admit(provider, await demo.participant(booked.id, "observer"));
  await Promise.all([sees(provider, 2), sees(interpreter, 2), sees(observer, 2)]);
  await expect(provider.locator(".tile-name").filter({ hasText: "Nadia Amiri" })).toContainText("Observer");
});

test("somebody who is removed is told so and sees nobody any more", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-removed");
  const patientId = await demo.participant(booked.id, "patient");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await admit(provider, patientId);
  await sees(patient, 1);

  await provider.locator('[data-action="remove"]').click();

  await shows(patient, "removed");
  await expect(provider.locator("video[data-peer]")).toHaveCount(0);
});

test("the form for a visit hides no visit: who is let in meanwhile is seen, and one that runs goes on", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-form-open");
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  const form = provider.getByRole("button", { name: "Create visit and links" });
  await provider.locator('[data-action="new-visit"]').click();
  await expect(form).toBeVisible();

  await admit(provider, await demo.participant(booked.id, "patient"));
  await sees(provider, 1);
  await expect(form).toHaveCount(0);

  await provider.locator('[data-action="new-visit"]').click();
  await expect(form).toBeVisible();
  await expect(provider.locator(".visit-pane")).toBeHidden();
  await provider.getByRole("button", { name: "Back to the visit" }).click();
  await Promise.all([sees(provider, 1), sees(patient, 1)]);
});

test("a visit is made in the form at the front desk, and its links work", async ({ somebody }) => {
  const [desk, patient] = [await somebody(), await somebody()];
  await openBoard(desk, demo.line.links.admin);
  await desk.locator('[data-action="new-visit"]').click();
  await desk.getByLabel("Patient ID").fill("patient-form");
  await desk.getByLabel("Patient’s name").fill("Farid Ahmadi");
  await desk.getByLabel("Provider’s user ID").fill("dr-rahimi");
  await desk.getByLabel("With an interpreter").check();
  await desk.getByRole("button", { name: "Create visit and links" }).click();
  const link = await desk.getByLabel(/Link for Farid/).inputValue();
  await expect(desk.getByLabel(/^Link for Interpreter/)).toHaveValue(/\/v\/#.{22}$/);

  await patient.goto(link);
  await shows(patient, "who");
});

test("the front desk, which has no seat, lets people in once the provider is there, and is told why not before", async ({ somebody }) => {
  const [desk, provider, patient] = [await somebody(), await somebody(), await somebody()];
  const booked = await demo.book(1, "patient-desk");
  const patientId = await demo.participant(booked.id, "patient");
  await openBoard(desk, demo.line.links.admin);
  await walkIn(patient, await demo.link(booked, "patient"));

  await admit(desk, patientId);
  await expect(desk.getByRole("alert").filter({ hasText: "A provider must be in the visit before anyone is let in." })).toBeVisible();
  await shows(patient, "waiting");

  await openBoard(provider, demo.line.links.provider);
  await provider.locator(`[data-session="${booked.id}"]`).click();
  await provider.locator('[data-action="join"]').click();
  await expect(provider.locator(".visit-pane")).toBeVisible();
  await admit(desk, patientId);
  await Promise.all([sees(provider, 1), sees(patient, 1)]);
  await expect(desk.locator(".visit-pane")).toHaveCount(0);
});
