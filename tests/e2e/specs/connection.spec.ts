// SPDX-License-Identifier: Apache-2.0
import type { Page } from "@playwright/test";
import { networkOf, type Network } from "../support/network";
import { admit, expect, openBoard, sees, shows, test, walkIn } from "../support/people";
import { until } from "../support/process";
import { Demo, type Session } from "../support/service";

let demo: Demo;
test.beforeAll(async () => {
  demo = await Demo.start();
  await demo.configure({ fallback: { audioOnlyBelowKbps: 150, asyncBelowKbps: 24, lossPct: 15, holdSeconds: 5 } });
});
test.afterAll(() => demo.stop());
// Three times the hold, several times over, beside two browsers with live video.
test.setTimeout(600_000);

interface Reports {
  /** What the page has reported, oldest first. */
  readonly sent: { readonly at: number; readonly kbps: number; readonly media: string }[];
  /** The figure to report from now on instead of the page's own. */
  kbps: number | null;
}

/** Listens to the page's reports, and can put another figure into them; the service itself decides about it. */
async function reportsOf(page: Page): Promise<Reports> {
  const reports: Reports = { sent: [], kbps: null };
  await page.route("**/visit/connection", async (route) => {
    const sample = route.request().postDataJSON() as { kbps: number; media: string };
    const told = reports.kbps === null ? sample : { ...sample, kbps: reports.kbps };
    reports.sent.push({ at: Date.now(), kbps: told.kbps, media: told.media });
    await route.continue({ postData: JSON.stringify(told) });
  });
  return reports;
}

async function inTheVisit(provider: Page, patient: Page, patientId: string, whileWaiting?: () => Promise<void>): Promise<Session> {
  const booked = await demo.book(1, patientId);
  await openBoard(provider, demo.line.links.provider);
  await walkIn(patient, await demo.link(booked, "patient"));
  await whileWaiting?.();
  await admit(provider, await demo.participant(booked.id, "patient"));
  await Promise.all([sees(provider, 1), sees(patient, 1)]);
  return booked;
}

const isOnSoundOnly = (page: Page) => expect(page.locator('.bar [data-action="audio-only"]')).toHaveAttribute("aria-pressed", "true");

test("on a narrow network the picture goes, the sound stays, and the way back is offered", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const reports = await reportsOf(patient);
  let network = null as Network | null;
  await inTheVisit(provider, patient, "patient-narrow", async () => void (network = await networkOf(patient)));

  await network?.width(100);
  await expect(patient.locator('[data-action="video-off-now"]')).toBeVisible({ timeout: 120_000 });
  await isOnSoundOnly(patient);
  await expect(provider.locator(".tile").getByRole("img", { name: "Camera off" })).toBeVisible();
  expect(await patient.locator("video[data-peer]").evaluate((video: HTMLVideoElement) => (video.srcObject as MediaStream).getAudioTracks().some((track) => track.readyState === "live" && !track.muted))).toBe(true);
  // Reports come every five seconds; a busy machine may be late with some.
  const gaps = reports.sent.slice(1).map((report, index) => report.at - (reports.sent[index]?.at ?? 0)).sort((a, b) => a - b);
  expect(gaps[Math.floor(gaps.length / 2)]).toBeGreaterThan(4_000);
  expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(8_000);

  await network?.widen();
  await expect(patient.getByText("Your connection is good again.")).toBeVisible({ timeout: 120_000 });
  await patient.locator('[data-action="video-again"]').click();
  await sees(provider, 1);
  await sees(patient, 1);
});

test("who wants to keep the picture on a weak network keeps it", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const reports = await reportsOf(patient);
  await inTheVisit(provider, patient, "patient-keeps");

  reports.kbps = 90;
  await patient.locator('[data-action="keep-video"]').click();
  await expect(patient.locator('[data-action="keep-video"]')).toHaveCount(0);
  const before = reports.sent.length;
  await expect.poll(() => reports.sent.length).toBeGreaterThan(before + 3);
  await expect(patient.locator('.bar [data-action="audio-only"]')).toHaveAttribute("aria-pressed", "false");
  await sees(provider, 1);
});

test("where not even sound gets through, phone and writing are offered, and taken", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const [providerReports, patientReports] = [await reportsOf(provider), await reportsOf(patient)];
  const booked = await inTheVisit(provider, patient, "patient-phone");

  providerReports.kbps = patientReports.kbps = 12;
  const offered = patient.getByRole("status").filter({ hasText: "The connection is very weak." });
  await expect(offered).toBeVisible();
  await offered.getByText("Tell us where you are now").click();
  await offered.getByLabel("Address where you are").fill("12 Hill Road");
  await offered.getByLabel("Phone number to call you back").fill("020 7946 0123");
  await offered.getByRole("button", { name: "Send to the clinic" }).click();
  await expect(provider.getByText("020 7946 0123")).toBeVisible();

  await provider.locator('[data-action="go-on-phone"]').click();
  await until("the mode in the record", async () => (await demo.session(booked.id)).mode === "phone");
  await expect(patient.getByText("The visit goes on by phone")).toBeVisible();
  await expect(provider.getByText("The visit goes on by phone")).toBeVisible();
  await isOnSoundOnly(patient);
  expect((await demo.session(booked.id)).status).toBe("active");
});

test("a visit that all of it is on sound only goes back to video when the provider says so", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const booked = await inTheVisit(provider, patient, "patient-back");
  await provider.locator('[data-mode="audio_only"]').click();
  await isOnSoundOnly(patient);

  // The network is good: after three times the hold the provider is offered the way back for all.
  await provider.locator('[data-action="video-again"]').click({ timeout: 90_000 });
  await until("the mode in the record", async () => (await demo.session(booked.id)).mode === "video");
  // Nobody's camera is turned on for them.
  await expect(patient.locator('.bar [data-action="audio-only"]')).toHaveAttribute("aria-pressed", "true");
  await patient.locator('[data-action="video-again"]').click();
  await sees(provider, 1);
});
