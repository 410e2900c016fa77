// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClinic, type Clinic } from "@/provider/clinic";
import { accessBy, readToken } from "@/provider/identity";
import { nextToAdmit } from "@/provider/linked";
import { createSeat, type Seat } from "@/provider/seat";
import type { Transport } from "@/platform/fetch";
import { forget } from "@/platform/storage";
import { FakeClinic, ids } from "./fake/clinic";
import { claims, tokenOf } from "./fake/people";
import { problem } from "./fake/routes";
import { networkTo } from "./fake/transport";

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });

describe("a token that the live feed is refused with", () => {
  const refuseOld = (service: FakeClinic, good: () => string): Transport => {
    const { transport } = networkTo(service);
    return (path, init) =>
      path.includes("/events") && new Headers(init.headers).get("Authorization") !== `Bearer ${good()}`
        ? Promise.resolve(problem(401, "UNAUTHORIZED"))
        : transport(path, init);
  };
  const identityBy = (token: string) => ({ token, userId: "dr-lindqvist", name: "Dr. Anna Lindqvist", tenantId: "demo", roles: ["clinician"], expiresAt: 4e12 });

  it("is renewed, and the feed goes on", async () => {
    const identity = signal(identityBy("old"));
    const renew = vi.fn(() => {
      identity.value = identityBy("fresh");
      return Promise.resolve(true);
    });
    const clinic = createClinic({ identity, renew }, refuseOld(new FakeClinic(), () => "fresh"));
    await eventually(() => expect(clinic.feed.value).toBe("up"));
    expect(renew).toHaveBeenCalledTimes(1);
    clinic.close();
  });

  it.each([
    ["cannot be renewed", false, 1],
    ["is refused when it is fresh, too", true, 1],
  ])("ends the feed when it %s", async (_, renewed, times) => {
    const renew = vi.fn(() => Promise.resolve(renewed));
    const clinic = createClinic({ identity: signal(identityBy("old")), renew }, refuseOld(new FakeClinic(), () => "nobody's"));
    await eventually(() => expect(clinic.feed.value).toBe("expired"));
    expect(renew).toHaveBeenCalledTimes(times);
    clinic.close();
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
    clinic = createClinic(accessBy(identity), networkTo(service).transport);
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

  it("lets in everybody who was asked for, also those asked for while the first one is on the way", async () => {
    service.join("patient", true);
    service.join("interpreter", false);
    const both = [seat.admit(ids.session, ids.patient), seat.admit(ids.session, ids.interpreter)];
    expect([...seat.busy.value]).toEqual([`admit:${ids.patient}`, `admit:${ids.interpreter}`]);
    expect(await Promise.all(both)).toMatchObject([{ ok: true }, { ok: true }]);
    expect([ids.patient, ids.interpreter].map((id) => service.person(id).status)).toEqual(["admitted", "admitted"]);
    expect(calls("/join"), "the seat is taken once").toBe(1);
    expect(seat.busy.value.size).toBe(0);
  });

  it("asks once, however often the same is pressed meanwhile", async () => {
    service.join("patient", true);
    const first = seat.admit(ids.session, ids.patient);
    expect(await seat.admit(ids.session, ids.patient)).toBeNull();
    expect(await first).toMatchObject({ ok: true });
    expect(calls("/admit")).toBe(1);
  });

  it("goes on with the next when one was refused, and still says why", async () => {
    service.join("patient", true);
    service.join("interpreter", false);
    service.instead.set(`POST /sessions/${ids.session}/participants/${ids.patient}/admit`, () => problem(403, "CONSENT_REQUIRED"));
    const [refused, admitted] = await Promise.all([seat.admit(ids.session, ids.patient), seat.admit(ids.session, ids.interpreter)]);
    expect(refused).toMatchObject({ ok: false });
    expect(admitted).toMatchObject({ ok: true });
    expect(seat.problem.value?.code).toBe("CONSENT_REQUIRED");
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

  it("is back in its visit after a reload", async () => {
    await seat.join(ids.session);
    const reloaded = createSeat(clinic);
    await reloaded.resume();
    expect(reloaded.seat.value?.sessionId).toBe(ids.session);
  });

  it("says nothing after a reload about a visit that is over, and asks for it no more", async () => {
    await seat.join(ids.session);
    const reloaded = createSeat(clinic);
    service.instead.set(`POST /sessions/${ids.session}/participants/${ids.provider}/join`, () => problem(409, "INVALID_STATUS_TRANSITION"));
    await reloaded.resume();
    expect(reloaded.problem.value).toBeNull();
    const joins = calls("/join");
    await createSeat(clinic).resume();
    expect(calls("/join")).toBe(joins);
  });

  it("lets in the patient and those who came along in one step", async () => {
    service.join("interpreter", false);
    service.join("patient", true);
    await eventually(() => expect(clinic.waiting.value).toHaveLength(2));
    const next = nextToAdmit(clinic.waiting.value, clinic.sessions.value ?? []);
    expect(next).toMatchObject({ person: { participantId: ids.patient }, withLinked: true });
    await seat.admit(ids.session, ids.patient, true);
    expect(service.calls.find((call) => call.path.endsWith("/admit"))?.body).toMatchObject({ withLinked: true });
    expect(service.person(ids.patient).status).toBe("admitted");
    expect(service.person(ids.interpreter).status).toBe("admitted");
  });

  it("lets an interpreter in alone while the patient is not there", async () => {
    service.join("interpreter", false);
    await eventually(() => expect(clinic.waiting.value).toHaveLength(1));
    expect(nextToAdmit(clinic.waiting.value, clinic.sessions.value ?? [])).toMatchObject({ person: { participantId: ids.interpreter }, withLinked: false });
  });

  it("shows who has waited longest first, and lets nobody's clock jump", async () => {
    service.join("patient", true);
    await eventually(() => expect(clinic.waiting.value).toHaveLength(1));
    const since = clinic.waiting.value[0]?.since;
    service.join("interpreter", false);
    await eventually(() => expect(clinic.waiting.value.map((one) => one.participantId)).toEqual([ids.patient, ids.interpreter]));
    expect(clinic.waiting.value[0]?.since).toBe(since);
  });

  it("keeps where the patient is, of which a list does not tell", async () => {
    service.instead.set(`GET /sessions/${ids.session}`, () => {
      const participants = service.session.participants.map((one) => (one.id === ids.patient ? { ...one, whereabouts: { address: "12 Hill Road", callbackNumber: "112233" } } : one));
      return new Response(JSON.stringify({ ...service.session, participants }), { headers: { "Content-Type": "application/json" } });
    });
    await clinic.load(ids.session);
    service.changed();
    const where = () => clinic.sessions.value?.[0]?.participants.find((one) => one.id === ids.patient)?.whereabouts?.address;
    await eventually(() => expect(clinic.sessions.value?.[0]?.version).toBe(service.session.version));
    expect(where()).toBe("12 Hill Road");
  });

  it("knows which visits the record has not taken", async () => {
    service.join("patient", true);
    await seat.admit(ids.session, ids.patient);
    await seat.end(ids.session);
    const [held] = clinic.sessions.value ?? [];
    if (held === undefined) throw new Error("there is a visit");
    expect(clinic.owed.value).toEqual([]);
    clinic.keep({ ...held, encounterId: null });
    expect(clinic.owed.value.map((one) => one.id)).toEqual([ids.session]);
  });

  it("has a late Encounter tried again, and tells when that is refused", async () => {
    expect(await clinic.retryEncounter(ids.session)).toBeNull();
    service.instead.set(`POST /sessions/${ids.session}/encounter/retry`, () => new Response(JSON.stringify({ status: 403, code: "ACCESS_DENIED" }), { status: 403, headers: { "Content-Type": "application/problem+json" } }));
    expect((await clinic.retryEncounter(ids.session))?.code).toBe("ACCESS_DENIED");
  });

  it("owes nothing for a visit that never took place", () => {
    const [planned] = clinic.sessions.value ?? [];
    if (planned === undefined) throw new Error("there is a visit");
    clinic.keep({ ...planned, status: "ended", version: 9 });
    expect(clinic.owed.value).toEqual([]);
  });

  it("does not let an old answer overwrite a newer one", () => {
    const [known] = clinic.sessions.value ?? [];
    if (known === undefined) throw new Error("there is a visit");
    clinic.keep({ ...known, version: 9, status: "active" });
    clinic.keep({ ...known, version: 8, status: "waiting" });
    expect(clinic.sessions.value?.[0]?.status).toBe("active");
  });
});
