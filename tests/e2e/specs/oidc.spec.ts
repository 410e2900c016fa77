// SPDX-License-Identifier: Apache-2.0
/** Staff sign in with a real OpenID provider. */
import type { Page } from "@playwright/test";
import { lookAt } from "../support/looks";
import { OidcClinic, signInAs } from "../support/oidc";
import { expect, goOn, screen, shows, test } from "../support/people";
import { Service } from "../support/service";

const people = {
  "dr-north": { tenantId: "north", roles: ["clinician"], name: "Dr. North" },
  guest: { tenantId: "north", roles: [], name: "Guest" },
};
const TOKEN_SECONDS = 16;

let clinic: OidcClinic;
test.beforeAll(async () => {
  clinic = await OidcClinic.start({ people, tokenSeconds: TOKEN_SECONDS });
});
test.afterAll(() => clinic.stop());

const stored = (page: Page): Promise<string> =>
  page.evaluate(() => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }) + document.cookie);

/** A visit that starts now, of a patient who has agreed to it. */
async function bookVisit(patientId: string): Promise<string> {
  const service = new Service(clinic.baseUrl, await clinic.tokenOf("dr-north"));
  await service.call("POST", "/consents", { patientId, type: "telehealth", method: "paper" }, { "Idempotency-Key": `consent-${patientId}` });
  return (await service.book(5, patientId)).id;
}

test("somebody signs in, and after a reload is back at the same visit without being asked again", async ({ somebody }) => {
  const first = await bookVisit("p1");
  const second = await bookVisit("p2");
  const page = await somebody();
  await page.goto(`${clinic.baseUrl}/provider#visit=${second}`);
  await expect(page).toHaveURL((url) => url.href.startsWith(clinic.issuer));
  await signInAs(page, "dr-north");

  await shows(page, "provider");
  await expect(page.locator(".who")).toHaveText("Dr. North");
  await expect(page).toHaveURL(`${clinic.baseUrl}/provider#visit=${second}`);
  await page.locator(`[data-session="${first}"]`).first().click();
  await expect(page).toHaveURL(`${clinic.baseUrl}/provider#visit=${first}`);
  expect(await stored(page), "tokens are in memory only").not.toMatch(/eyJ|refresh|vcare\.staff/);

  await page.reload();
  await shows(page, "provider");
  await expect(page).toHaveURL(`${clinic.baseUrl}/provider#visit=${first}`);
  await expect(page.locator('input[name="login"]')).toHaveCount(0);
});

test("a token of a short life is renewed unseen, and the live feed goes on", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(`${clinic.baseUrl}/provider`);
  await signInAs(page, "dr-north");
  await shows(page, "provider");
  const navigations: string[] = [];
  page.on("framenavigated", (frame) => navigations.push(frame.url()));
  const bearers = new Set<string>();
  let renewals = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/waiting-room")) bearers.add(request.headers()["authorization"] ?? "");
    if (request.url() === `${clinic.issuer}/token` && (request.postData() ?? "").includes("refresh_token")) renewals++;
  });

  await expect.poll(() => renewals, { timeout: TOKEN_SECONDS * 4000 }).toBeGreaterThanOrEqual(3);
  await expect(page.locator(".live.up")).toBeVisible();
  const booked = await bookVisit("p3");

  await expect(page.locator(`[data-session="${booked}"]`).first()).toBeVisible();
  await expect.poll(() => bearers.size).toBeGreaterThanOrEqual(2);
  expect(navigations.filter((url) => !url.includes("#visit="))).toEqual([]);
});

test("who signs out is out at the provider too, and is not signed in again by a reload", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(`${clinic.baseUrl}/provider`);
  await signInAs(page, "dr-north");
  await shows(page, "provider");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign out" }).click(); // the provider asks, too

  await shows(page, "outside");
  await expect(screen(page, "outside")).toHaveAttribute("data-why", "signed-out");
  await lookAt(page, "signed-out");
  await page.reload();
  await expect(page.locator('input[name="login"]')).toBeVisible();
});

for (const lang of ["en", "fa-AF"]) {
  test(`who has no role is told so, and may come as somebody else, in ${lang}`, async ({ somebody }) => {
    const page = await somebody();
    await page.goto(`${clinic.baseUrl}/provider?lang=${lang}`);
    await signInAs(page, "guest");

    await expect(screen(page, "outside")).toHaveAttribute("data-why", "not-allowed");
    await lookAt(page, "not-allowed");
    await goOn(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(screen(page, "outside")).toHaveAttribute("data-why", "signed-out");
    await goOn(page);
    await signInAs(page, "dr-north");
    await shows(page, "provider");
  });
}

test("who says no at the provider is told so, and may try again", async ({ somebody }) => {
  const page = await somebody();
  await page.goto(`${clinic.baseUrl}/provider`);
  await page.getByRole("button", { name: "Cancel" }).click();

  await expect(screen(page, "outside")).toHaveAttribute("data-why", "cancelled");
  await goOn(page);
  await signInAs(page, "dr-north");
  await shows(page, "provider");
});

test("while the provider is away the page says so, and signs in when it is back", async ({ somebody }) => {
  await clinic.stopProvider();
  const page = await somebody();
  await page.goto(`${clinic.baseUrl}/provider?lang=en`);
  await expect(screen(page, "outside")).toHaveAttribute("data-why", "away");

  await clinic.startProviderAgain();
  await goOn(page);
  await signInAs(page, "dr-north");
  await shows(page, "provider");
  await expect(page).toHaveURL(/\/provider\?lang=en/);
});

test("the policy of the page lets it ask the provider, and the patients' page nobody", async ({ request }) => {
  const policyOf = async (path: string) => (await request.get(clinic.baseUrl + path)).headers()["content-security-policy"];
  expect(await policyOf("/provider")).toContain(`connect-src 'self' ${new URL(clinic.issuer).origin}`);
  expect(await policyOf("/v/")).not.toContain(new URL(clinic.issuer).origin);
});
