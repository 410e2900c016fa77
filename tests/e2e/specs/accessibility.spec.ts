// SPDX-License-Identifier: Apache-2.0
import type { Page } from "@playwright/test";
import { lookAt } from "../support/looks";
import { networkOf } from "../support/network";
import { admit, asksElsewhere, expect, goOn, openBoard, refusesDevices, screen, shows, test } from "../support/people";
import { withholdsEncounter } from "../support/record";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());
test.setTimeout(900_000);

const inLanguage = (link: string, language: string): string => {
  const url = new URL(link);
  url.searchParams.set("lang", language);
  return url.href;
};

async function open(somebody: () => Promise<Page>, link: string, language: string, name: string): Promise<Page> {
  const page = await somebody();
  await page.goto(inLanguage(link, language));
  await shows(page, name);
  await expect(page.locator("html")).toHaveAttribute("dir", language === "fa-AF" ? "rtl" : "ltr");
  return page;
}

test("nothing moves for somebody who wants no motion", async ({ somebody }) => {
  const patient = await somebody();
  await patient.route("**/visit/preview", () => undefined);
  await patient.goto(demo.line.links.patient);
  await expect(patient.locator(".spinner")).toBeVisible();
  const moving = () => patient.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
  expect(await moving()).toBeGreaterThan(0);

  await patient.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(moving).toBe(0);
});

for (const language of ["en", "fa-AF"]) {
  test(`the screens of a link that leads nowhere now, in ${language}`, async ({ somebody }) => {
    await lookAt(await open(somebody, `${demo.baseUrl}/v/#AAAAAAAAAAAAAAAAAAAAAA`, language, "invalid"), "invalid");
    await lookAt(await open(somebody, await demo.link(await demo.book(25), "patient"), language, "early"), "early");

    const away = await somebody();
    await away.route("**/visit/preview", (route) => route.abort("connectionreset"));
    await away.goto(inLanguage(await demo.link(await demo.book(1), "patient"), language));
    await expect(away.locator("main [data-primary]")).toBeVisible();
    await lookAt(away, "trouble");

    const booked = await demo.book(1);
    const replaced = await demo.link(booked, "patient");
    await demo.link(booked, "patient");
    const used = await open(somebody, replaced, language, "used");
    await lookAt(used, "used");
    await goOn(used);
    await expect(used.getByRole("status").first()).toBeVisible();
    await lookAt(used, "used-asked");

    const link = await demo.link(booked, "patient");
    await demo.cancel(booked);
    await lookAt(await open(somebody, link, language, "cancelled"), "cancelled");

    const expiring = await demo.link(await demo.book(1), "patient", 1);
    const expired = await somebody();
    await expect(async () => {
      await expired.goto("about:blank");
      await expired.goto(inLanguage(expiring, language));
      await expect(screen(expired, "expired")).toBeVisible({ timeout: 10_000 });
    }).toPass();
    await lookAt(expired, "expired");

    const moving = await demo.book(1);
    const movedLink = await demo.link(moving, "patient");
    const scheduledStart = new Date(Date.now() + 600_000).toISOString();
    await demo.call("POST", `/sessions/${moving.id}/reschedule`, { version: (await demo.session(moving.id)).version, scheduledStart });
    await lookAt(await open(somebody, movedLink, language, "moved"), "moved");
  });

  test(`the way of a patient and the board of a provider, in ${language}`, async ({ somebody }) => {
    const booked = await demo.book(1, `patient-look-${language}`);
    const patientId = await demo.participant(booked.id, "patient");
    const link = await demo.link(booked, "patient");
    const patient = await somebody();
    const network = await networkOf(patient);
    await patient.goto(inLanguage(link, language));
    await shows(patient, "who");
    await lookAt(patient, "who");
    await goOn(patient);
    await shows(patient, "consent");
    await lookAt(patient, "consent");
    await patient.locator('[data-action="refuse"]').click();
    await lookAt(patient, "consent-declined");
    await goOn(patient);
    await goOn(patient);
    await shows(patient, "device");
    await expect(patient.locator(".preview video")).toBeVisible();
    await lookAt(patient, "device");
    await patient.locator('[data-action="join"]').click();
    await shows(patient, "waiting");
    await patient.locator("details summary").click();
    await lookAt(patient, "waiting");

    const refusing = await somebody();
    await refusesDevices(refusing);
    await asksElsewhere(refusing);
    await refusing.goto(inLanguage(await demo.link(await demo.book(1, `patient-refuses-${language}`), "patient"), language));
    await shows(refusing, "who");
    await goOn(refusing);
    await shows(refusing, "consent");
    await lookAt(refusing, "consent-elsewhere");
    await goOn(refusing);
    await shows(refusing, "device");
    await expect(refusing.locator(".checks").getByRole("button").nth(1)).toBeVisible();
    await lookAt(refusing, "device-refused");
    // What the stream would tell of the consents is not made over, so there is none.
    await refusing.route("**/visit/events", (route) => route.abort("connectionreset"));
    await refusing.locator('[data-action="join"]').click();
    await shows(refusing, "waiting");
    await lookAt(refusing, "waiting-elsewhere-reconnecting");
    await refusing.locator('[data-action="leave"]').click();
    await shows(refusing, "after");
    await lookAt(refusing, "after-left");

    const provider = await somebody();
    await openBoard(provider, inLanguage(demo.line.links.provider, language));
    await provider.locator(`[data-session="${booked.id}"]`).click();
    await lookAt(provider, "provider-waiting");
    await provider.locator('[data-action="new-visit"]').click();
    await lookAt(provider, "provider-new-visit");
    await provider.getByRole("button").filter({ hasText: /^(Cancel|لغو)$/ }).click();

    await admit(provider, patientId);
    await shows(patient, "visit");
    await expect(patient.locator("video[data-peer]")).toBeVisible();
    await patient.locator('[data-action="devices"]').click();
    await patient.locator('[data-action="withdraw"]').click();
    await lookAt(patient, "visit-withdrawing");
    await patient.locator('[data-action="devices"]').click();
    await patient.locator('[data-action="chat"]').click();
    await lookAt(patient, "visit-chat", "section.chat");
    await patient.keyboard.press("Escape");
    await lookAt(patient, "visit");
    await expect(provider.locator("video[data-peer]")).toBeVisible();
    await lookAt(provider, "provider-visit");
    await network.lose();
    await Promise.all([expect(patient.locator(".tile-cover.veil")).toBeVisible(), expect(provider.locator(".tile-cover.veil")).toBeVisible()]);
    await lookAt(patient, "visit-reconnecting");
    await lookAt(provider, "provider-visit-reconnecting");
    await network.widen();
    await expect(patient.locator(".tile-cover.veil")).toHaveCount(0);

    await withholdsEncounter(provider, booked.id);
    await provider.locator('[data-action="end"]').click();
    await provider.locator('[data-action="confirm-end"]').click();
    await shows(patient, "after");
    await lookAt(patient, "after");
    await expect(provider.locator('[data-list="late"]')).toBeVisible();
    await lookAt(provider, "provider-late");
    await provider.unrouteAll({ behavior: "ignoreErrors" });
    await expect(provider.locator("[data-encounter]")).toBeVisible();
    await lookAt(provider, "provider-after");

    const late = await open(somebody, link, language, "ended");
    await lookAt(late, "ended");
  });

  test(`guests, removal and signing in, in ${language}`, async ({ somebody }) => {
    await lookAt(await open(somebody, `${demo.baseUrl}/provider`, language, "sign-in"), "sign-in");
    const participants = [{ role: "provider", userId: "dr-rahimi" }, { role: "patient" }, { role: "interpreter", linkedTo: "patient", language: "fa-AF" }, { role: "observer" }];
    const guests = await demo.book(1, `patient-guests-${language}`, { participants });
    for (const role of ["interpreter", "observer"]) await lookAt(await open(somebody, await demo.link(guests, role), language, "who"), `who-${role}`);

    const booked = await demo.book(1, `patient-gone-${language}`);
    const patient = await open(somebody, await demo.link(booked, "patient"), language, "who");
    await goOn(patient);
    await goOn(patient);
    await patient.locator('[data-action="join"]').click();
    await shows(patient, "waiting");
    const patientId = await demo.participant(booked.id, "patient");
    await demo.call("POST", `/sessions/${booked.id}/participants/${patientId}/remove`, { reason: "wrong_person" });
    await shows(patient, "removed");
    await lookAt(patient, "removed");
  });
}
