// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLinkApp, type LinkApp } from "@/link/app";
import { forget } from "@/platform/storage";
import { FakeClinic, ids } from "./fake/clinic";
import { networkTo } from "./fake/transport";

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });
const opened: LinkApp[] = [];
const open = (...args: Parameters<typeof createLinkApp>): LinkApp => {
  const app = createLinkApp(...args);
  opened.push(app);
  return app;
};
const shows = (app: LinkApp, screen: string) => eventually(() => expect(app.state.value.screen).toBe(screen));

async function walkToWaiting(app: LinkApp): Promise<void> {
  await shows(app, "who");
  app.send({ type: "next" });
  if (app.state.value.screen === "consent") app.send({ type: "decided", decision: "granted" });
  app.send({ type: "next" });
  await shows(app, "waiting");
}

describe("the page of a link", () => {
  beforeEach(() => forget("vcare.join"));
  afterEach(() => opened.splice(0).forEach((app) => app.close()));

  it("uses the link only on the way into the waiting room", async () => {
    const clinic = new FakeClinic();
    const app = open("patient", networkTo(clinic).transport);
    await shows(app, "who");
    expect(clinic.calls.map((call) => call.path)).toEqual(["/visit/preview"]);
    await walkToWaiting(app);
    expect(clinic.calls.filter((call) => call.path === "/visit/join")).toHaveLength(1);
    expect(clinic.consent).toBe("granted");
  });

  it("asks for a lost answer again, and gets the same seat", async () => {
    const clinic = new FakeClinic();
    const network = networkTo(clinic);
    network.loseAnswerOf("POST /visit/join");
    const app = open("patient", network.transport);
    await walkToWaiting(app);
    expect(clinic.calls.filter((call) => call.path === "/visit/join")).toHaveLength(2);
    expect(clinic.session.participants.filter((one) => one.status === "waiting")).toHaveLength(1);
  });

  it("asks for it again even when it was loaded anew before the answer came", async () => {
    const clinic = new FakeClinic();
    const first = networkTo(clinic);
    const app = open("patient", first.transport);
    await shows(app, "who");
    app.send({ type: "next" });
    app.send({ type: "decided", decision: "granted" });
    first.loseAnswerOf("POST /visit/join");
    app.send({ type: "next" });
    await eventually(() => expect(clinic.joined.has("patient")).toBe(true));
    first.down = true;
    app.close();

    const again = open("patient", networkTo(clinic).transport);
    await shows(again, "waiting");
  });

  it("returns to the seat after a reload", async () => {
    const clinic = new FakeClinic();
    await walkToWaiting(open("patient", networkTo(clinic).transport));
    clinic.admit(ids.patient);

    await shows(open("patient", networkTo(clinic, `vcare_visit_${ids.patient}=x`).transport), "visit");
  });

  it("tells somebody without the seat that the link is used", async () => {
    const clinic = new FakeClinic();
    await walkToWaiting(open("patient", networkTo(clinic).transport));
    forget("vcare.join");

    await shows(open("patient", networkTo(clinic).transport), "used");
  });

  it("goes in when admitted, and thanks at the end", async () => {
    const clinic = new FakeClinic();
    const app = open("patient", networkTo(clinic).transport);
    await walkToWaiting(app);
    await eventually(() => expect(clinic.listeners.size).toBe(1));
    clinic.admit(ids.patient);
    await shows(app, "visit");
    clinic.end();
    await shows(app, "after");
  });

  it("keeps signals that come before anybody listens", async () => {
    const clinic = new FakeClinic();
    const app = open("patient", networkTo(clinic).transport);
    await walkToWaiting(app);
    await eventually(() => expect(clinic.listeners.size).toBe(1));
    clinic.admit(ids.patient);
    clinic.tell(ids.patient, "signal", { from: ids.provider, kind: "bye", payload: {} });
    await shows(app, "visit");
    const heard: unknown[] = [];
    await eventually(() => {
      app.wire.listen((data) => heard.push(data), () => undefined);
      expect(heard).toEqual([{ from: ids.provider, kind: "bye", payload: {} }]);
    });
  });

  it("keeps nothing about the person in the tab's storage", async () => {
    const clinic = new FakeClinic();
    await walkToWaiting(open("patient", networkTo(clinic).transport));
    const kept = JSON.stringify({ ...sessionStorage, ...localStorage });
    expect(kept).not.toMatch(/Maryam|Lindqvist|patient-17/);
  });
});
