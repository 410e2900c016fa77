// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClinic, type Clinic } from "@/provider/clinic";
import { readToken, takeIdentity } from "@/provider/identity";
import { createSeat, type Seat } from "@/provider/seat";
import { forget } from "@/platform/storage";
import { FakeClinic, ids } from "./fake/clinic";
import { problem } from "./fake/routes";
import { networkTo } from "./fake/transport";

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });
const tokenOf = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
const claims = { sub: "dr-lindqvist", name: "Dr. Anna Lindqvist", tenantId: "demo", roles: ["clinician"], exp: 4_000_000_000 };

describe("signing in by link", () => {
  beforeEach(() => forget("vcare.staff"));

  it("takes the token out of the address and keeps it for the tab", () => {
    history.replaceState(null, "", `/provider?lang=en#token=${tokenOf(claims)}`);
    expect(takeIdentity()).toMatchObject({ userId: "dr-lindqvist", tenantId: "demo", name: "Dr. Anna Lindqvist" });
    expect(location.href).not.toContain("token");
    expect(takeIdentity()?.userId).toBe("dr-lindqvist");
  });

  it("ends when the token has run out", () => {
    history.replaceState(null, "", `/provider#token=${tokenOf({ ...claims, exp: 1 })}`);
    expect(takeIdentity()).toBeNull();
  });

  it.each(["", "a.b.c", "x.bm90IGpzb24.x", tokenOf({ sub: "x" })])("is not possible with %j", (token) => {
    expect(readToken(token)).toBeNull();
  });
});

describe("the provider's page", () => {
  let service: FakeClinic;
  let clinic: Clinic;
  let seat: Seat;
  const calls = (path: string): number => service.calls.filter((call) => call.path.endsWith(path)).length;

  beforeEach(async () => {
    forget("vcare.inside");
    service = new FakeClinic();
    const identity = readToken(tokenOf(claims));
    if (identity === null) throw new Error("the token is good");
    clinic = createClinic(identity, networkTo(service).transport);
    seat = createSeat(clinic);
    await eventually(() => expect(clinic.sessions.value).toHaveLength(1));
  });
  afterEach(() => clinic.close());

  it("shows who comes, without being asked", async () => {
    await eventually(() => expect(clinic.feed.value).toBe("up"));
    service.join("patient", true);
    await eventually(() => expect(clinic.waiting.value.map((one) => one.participantId)).toEqual([ids.patient]));
  });

  it("takes the provider's seat first when somebody is let in", async () => {
    service.join("patient", true);
    const answer = await seat.admit(ids.session, ids.patient);
    expect(answer).toMatchObject({ ok: true });
    expect(service.person(ids.provider).status).toBe("active");
    expect(service.person(ids.patient).status).toBe("admitted");
    expect(seat.seat.value?.participantId).toBe(ids.provider);
  });

  it("tries again with the present version when somebody else was quicker", async () => {
    service.join("patient", true);
    service.instead.set(`POST /sessions/${ids.session}/participants/${ids.patient}/admit`, () => problem(409, "OPTIMISTIC_LOCK_CONFLICT"));
    expect(await seat.admit(ids.session, ids.patient)).toMatchObject({ ok: true });
    expect(calls("/admit")).toBe(2);
  });

  it("says why when somebody cannot be let in", async () => {
    service.join("patient", false);
    service.instead.set(`POST /sessions/${ids.session}/participants/${ids.patient}/admit`, () => problem(403, "CONSENT_REQUIRED"));
    await seat.admit(ids.session, ids.patient);
    expect(seat.problem.value?.code).toBe("CONSENT_REQUIRED");
    expect(service.person(ids.patient).status).toBe("waiting");
  });

  it("hears its own visit on the one stream of the tab", async () => {
    await seat.join(ids.session);
    const heard: unknown[] = [];
    seat.wire.listen((data) => heard.push(data), () => undefined);
    service.tell(ids.provider, "signal", { from: ids.patient, kind: "offer", payload: {} });
    await eventually(() => expect(heard).toHaveLength(1));
    expect([...service.listeners].filter((one) => one.participantId === null)).toHaveLength(1);
  });

  it("leaves its seat when the visit ends, and sees the Encounter", async () => {
    service.join("patient", true);
    await seat.admit(ids.session, ids.patient);
    await seat.end(ids.session);
    expect(seat.seat.value).toBeNull();
    expect(clinic.sessions.value?.[0]).toMatchObject({ status: "ended", encounterId: "enc-1001" });
  });

  it("knows after a reload that it was in a visit", async () => {
    await seat.join(ids.session);
    expect(createSeat(clinic).before()).toBe(ids.session);
  });

  it("does not let an old answer overwrite a newer one", () => {
    const [known] = clinic.sessions.value ?? [];
    if (known === undefined) throw new Error("there is a visit");
    clinic.keep({ ...known, version: 9, status: "active" });
    clinic.keep({ ...known, version: 8, status: "waiting" });
    expect(clinic.sessions.value?.[0]?.status).toBe("active");
  });
});
