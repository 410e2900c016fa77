// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { h, render } from "preact";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { WaitingAppointment } from "@/api/types";
import { setLanguage, t } from "@/i18n";
import { WaitingAppointments } from "@/provider/appointment-list";
import { createClinic, type Clinic } from "@/provider/clinic";
import { accessBy } from "@/provider/identity";
import { FakeClinic } from "./fake/clinic";
import { problem } from "./fake/routes";
import { networkTo } from "./fake/transport";

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });
const path = "GET /appointments/waiting";

describe("appointments that have no visit yet", () => {
  let service: FakeClinic;
  let clinic: Clinic;
  const open = (...roles: string[]): void => {
    const identity = { token: "token", userId: "dr-lindqvist", name: "Dr. Anna Lindqvist", tenantId: "demo", roles, expiresAt: 4e12 };
    clinic = createClinic(accessBy(identity), networkTo(service).transport);
  };
  const known = () => clinic.appointments.value.map((one) => one.appointmentId);
  const shown = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-appointment]")];
  const asked = (): number => service.calls.filter((call) => `${call.method} ${call.path}` === path).length;
  const draw = () => render(h(WaitingAppointments, { clinic }), document.body);

  beforeAll(() => setLanguage("en"));
  beforeEach(() => void (service = new FakeClinic()));
  afterEach(() => {
    render(null, document.body);
    clinic.close();
  });

  it.each(["clinician", "nurse_practitioner", "scheduler", "admin"])("are known to a %s, and gone once their visit is told of", async (role) => {
    service.appointments = service.appointments.slice(0, 1);
    open(role);
    await eventually(() => expect(known()).toEqual(["appointment-booking"]));
    await eventually(() => expect(clinic.feed.value).toBe("up"));

    service.appointments = [];
    service.tellStaff("virtual_care.session.created.v1");

    await eventually(() => expect(known()).toEqual([]));
  });

  it.each(["auditor", "tenant_admin", "patient"])("are not asked for by a %s, who would be refused", async (role) => {
    open(role);
    await eventually(() => expect(clinic.sessions.value).toHaveLength(1));
    await eventually(() => expect(clinic.feed.value).toBe("up"));
    clinic.refreshSoon();
    const lists = () => service.calls.filter((call) => call.path === "/sessions").length;
    const before = lists();
    await eventually(() => expect(lists()).toBeGreaterThan(before));
    expect(asked()).toBe(0);
    expect(clinic.problem.value).toBeNull();
  });

  it("stay on the board while the service cannot tell of them", async () => {
    open("clinician");
    await eventually(() => expect(known()).toHaveLength(5));
    await eventually(() => expect(clinic.feed.value).toBe("up"));
    const seen: number[] = [];
    const stop = clinic.appointments.subscribe((all) => void seen.push(all.length));
    service.instead.set(path, () => problem(503, "STORE_UNAVAILABLE"));
    clinic.refreshSoon();
    await eventually(() => expect(service.instead.has(path)).toBe(false));
    service.appointments = service.appointments.slice(0, 2);
    clinic.refreshSoon();
    await eventually(() => expect(known()).toHaveLength(2));
    stop();
    expect(new Set(seen)).toEqual(new Set([5, 2]));
  });

  it("take no place when there are none", async () => {
    service.appointments = [];
    open("clinician");
    await eventually(() => expect(asked()).toBeGreaterThan(0));
    draw();
    expect(document.body.textContent).toBe("");
  });

  it("say when they are, whose they are, what they wait for and what to do about it", async () => {
    open("clinician");
    await eventually(() => expect(known()).toHaveLength(5));
    draw();
    document.querySelector<HTMLElement>("[aria-expanded]")?.click();
    await eventually(() => expect(shown()).toHaveLength(5));

    const said = shown().map((row, index) => {
      const appointment = service.appointments[index] as WaitingAppointment;
      expect(row.querySelector("time")?.dateTime).toBe(appointment.scheduledStart);
      expect(row.textContent).toContain(appointment.patientId);
      expect(row.textContent?.includes("dr-lindqvist")).toBe(appointment.providerId !== undefined);
      expect(row.textContent).toContain(t(`appointment.lacks-${appointment.waitsFor}`));
      expect(row.textContent).toContain(t(`appointment.remedy-${appointment.waitsFor}`));
      expect(row.textContent?.includes("The next try is at")).toBe(appointment.waitsFor === "service");
      return row.querySelector(".fact")?.textContent ?? "";
    });
    expect(new Set(said).size).toBe(5);
    expect(said).not.toContain("");
  });

  it("leave room for the visits below: the soonest are shown, the others when they are asked for", async () => {
    open("clinician");
    await eventually(() => expect(known()).toHaveLength(5));
    draw();
    expect(shown().map((row) => row.dataset["appointment"])).toEqual(known().slice(0, 2));
    const more = document.querySelector<HTMLButtonElement>("[aria-expanded]");
    expect(more?.textContent).toBe("Show all 5");
    more?.click();
    await eventually(() => expect(shown()).toHaveLength(5));
    expect(more?.getAttribute("aria-expanded")).toBe("true");
    more?.click();
    await eventually(() => expect(shown()).toHaveLength(2));
  });
});
