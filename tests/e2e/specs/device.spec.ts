// SPDX-License-Identifier: Apache-2.0
import type { Page } from "@playwright/test";
import { admit, countsSounds, expect, goOn, openBoard, refusesDevices, sees, shows, test } from "../support/people";
import { Demo } from "../support/service";

let demo: Demo;
test.beforeAll(async () => void (demo = await Demo.start()));
test.afterAll(() => demo.stop());

const row = (page: Page, name: string) => page.locator(".check").filter({ has: page.getByRole("heading", { name }) });

/** Opens the link of a visit of its own, up to the device check; gives the visit's id. */
async function toDevices(page: Page, patientId: string): Promise<string> {
  const booked = await demo.book(1, patientId);
  await page.goto(await demo.link(booked, "patient"));
  await shows(page, "who");
  await goOn(page);
  await shows(page, "consent");
  await goOn(page);
  await shows(page, "device");
  return booked.id;
}

test("the picture, the moving meter, the speaker and the network are seen to work", async ({ somebody }) => {
  const page = await somebody();
  const sounds = await countsSounds(page);
  await toDevices(page, "patient-devices");

  await expect(row(page, "Camera")).toContainText("Works");
  const preview = page.locator(".preview video");
  await expect.poll(() => preview.evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames)).toBeGreaterThan(5);
  // The browser's own test microphone beeps once a second.
  await expect(row(page, "Microphone")).toContainText("Works");
  const level = () => page.getByRole("meter").evaluate((meter) => (meter as HTMLMeterElement).value);
  await expect.poll(level).toBeGreaterThan(0.05);
  await expect.poll(level).toBeLessThan(0.02);

  await expect(row(page, "Speaker")).toContainText("Not tried yet");
  await page.getByRole("button", { name: "Play a sound" }).click();
  await expect(row(page, "Speaker")).toContainText("Did you hear it?");
  expect(await sounds()).toBe(1);
  await row(page, "Speaker").getByRole("button", { name: "No" }).click();
  await expect(row(page, "Speaker")).toContainText("Turn the volume up");
  await page.getByRole("button", { name: "Play a sound" }).click();
  await row(page, "Speaker").getByRole("button", { name: "Yes" }).click();
  await expect(row(page, "Speaker")).toContainText("Works");
  await expect(row(page, "Internet")).toContainText(/\d ms there and back · 0 % lost · [\d,]+ kbit\/s/);
});

test("refused devices say how to allow them, and work once they are allowed", async ({ somebody }) => {
  const page = await somebody();
  const allow = await refusesDevices(page);
  await toDevices(page, "patient-blocks");
  for (const name of ["Camera", "Microphone"]) {
    await expect(row(page, name)).toContainText("Your browser does not let this page use it.");
    await expect(row(page, name)).toContainText("Click the sign beside the address");
  }

  await allow();
  for (const name of ["Camera", "Microphone"]) {
    await row(page, name).getByRole("button", { name: "Try again" }).click();
    await expect(row(page, name)).toContainText("Works");
  }
  await expect(page.getByRole("button", { name: "Go to the waiting room" })).toBeVisible();
});

test("somebody without any device goes on, sees the provider, and the clinic knew of it", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  await refusesDevices(patient);
  const sessionId = await toDevices(patient, "patient-bare");
  await patient.getByRole("button", { name: "Go on without camera and microphone" }).click();
  await shows(patient, "waiting");

  await openBoard(provider, demo.line.links.provider);
  await expect(provider.locator(`[data-session="${sessionId}"]`)).toContainText("Device test found a problem");
  await admit(provider, await demo.participant(sessionId, "patient"));
  await sees(patient, 1);
  await expect(provider.locator(".tile-name").getByRole("img", { name: "Camera off" })).toBeVisible();
  await expect(provider.locator(".tile-name").getByRole("img", { name: "Muted" })).toBeVisible();
});

test("somebody who goes on with sound only is heard, not seen, and sees the provider", async ({ somebody }) => {
  const [provider, patient] = [await somebody(), await somebody()];
  const sessionId = await toDevices(patient, "patient-sound");
  await patient.locator('[data-action="audio-only"]').click();
  await expect(patient.getByText("Your camera is off. People will hear you but not see you.")).toBeVisible();
  await patient.locator('[data-action="join"]').click();
  await shows(patient, "waiting");

  await openBoard(provider, demo.line.links.provider);
  await admit(provider, await demo.participant(sessionId, "patient"));
  await sees(patient, 1);
  await expect(provider.locator(".tile-name").getByRole("img", { name: "Camera off" })).toBeVisible();
  await expect(provider.locator(".tile-name").getByRole("img", { name: "Muted" })).toHaveCount(0);
  const heard = () => provider.locator("video[data-peer]").evaluate((video) => ((video as HTMLVideoElement).srcObject as MediaStream).getAudioTracks().filter((track) => track.readyState === "live" && !track.muted).length);
  await expect.poll(heard).toBe(1);
});
