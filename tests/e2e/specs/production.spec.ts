// SPDX-License-Identifier: Apache-2.0
/** Everything that production mode wants, as itself. */
import { signInAs } from "../support/oidc";
import { admit, expect, sees, shows, test, walkIn } from "../support/people";
import { until } from "../support/process";
import { ProductionClinic } from "../support/production";

// The hospital's own authority is known to its service, not to this browser.
test.use({ ignoreHTTPSErrors: true });

let clinic: ProductionClinic;
test.beforeAll(async () => void (clinic = await ProductionClinic.start()));
test.afterAll(() => clinic.stop());

test("a visit is held across two replicas, and is in the record and in the stream once", async ({ somebody }) => {
  const { baseUrl, otherUrl, issuer } = clinic.where;
  const [provider, patient] = [await somebody(), await somebody()];
  await clinic.consent("patient-204");
  await provider.goto(`${baseUrl}/provider`);
  await expect(provider).toHaveURL((url) => url.href.startsWith(issuer));
  await signInAs(provider, "dr-north");
  await shows(provider, "provider");

  await provider.locator('[data-action="new-visit"]').click();
  await provider.getByLabel("Patient ID").fill("patient-204");
  await provider.getByRole("button", { name: "Create visit and links" }).click();
  const link = new URL(await provider.getByLabel(/^Link for Patient/).inputValue());
  expect(link.origin).toBe(baseUrl);
  const sessionId = (await provider.locator("[data-session]").first().getAttribute("data-session")) ?? "";

  await walkIn(patient, `${otherUrl}${link.pathname}${link.hash}`);
  const waiting = provider.locator("[data-admit]").first();
  await expect(waiting).toBeVisible();
  await admit(provider, (await waiting.getAttribute("data-admit")) ?? "");
  await shows(patient, "visit");
  await Promise.all([sees(provider, 1), sees(patient, 1)]);

  await provider.locator('[data-action="end"]').click();
  await provider.locator('[data-action="confirm-end"]').click();
  await shows(patient, "after");
  await expect(provider.locator("[data-encounter]")).toBeVisible();

  const last = "virtual_care.billing.session_completed.v1";
  await until("the last event", async () => (await clinic.eventsOf(sessionId)).some(({ type }) => type === last));
  const events = await clinic.eventsOf(sessionId);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const what of ["session.created", "session.waiting", "session.started", "session.ended", "encounter.created", "billing.session_completed"]) {
    expect(events.filter(({ type }) => type === `virtual_care.${what}.v1`), what).toHaveLength(1);
  }
  const encounters = await clinic.encountersOf(sessionId);
  expect(encounters).toHaveLength(1);
  expect(encounters[0]).toMatchObject({ status: "finished", class: { code: "VR" } });
  expect(encounters[0]?.id).toBe(await provider.locator("[data-encounter]").getAttribute("data-encounter"));
});
