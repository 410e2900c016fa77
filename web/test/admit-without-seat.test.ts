// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClinic, type Clinic } from "@/provider/clinic";
import { accessBy, readToken } from "@/provider/identity";
import { createSeat, type Seat } from "@/provider/seat";
import { FakeClinic, ids } from "./fake/clinic";
import { claims, tokenOf } from "./fake/people";
import { problem } from "./fake/routes";
import { networkTo } from "./fake/transport";

describe("somebody of the staff who has no seat in the visit, as at the front desk", () => {
  let service: FakeClinic;
  let clinic: Clinic;
  let desk: Seat;
  const joins = (): number => service.calls.filter((call) => call.path.endsWith("/join")).length;

  beforeEach(() => {
    service = new FakeClinic();
    const identity = readToken(tokenOf({ ...claims, sub: "front-desk", roles: ["admin"] }));
    if (identity === null) throw new Error("the token is good");
    clinic = createClinic(accessBy(identity), networkTo(service).transport);
    desk = createSeat(clinic);
    service.join("patient", true);
  });
  afterEach(() => clinic.close());

  it("lets people in all the same, as the service allows it", async () => {
    service.setStatus(ids.provider, "active");
    expect(await desk.admit(ids.session, ids.patient)).toMatchObject({ ok: true });
    expect(service.person(ids.patient).status).toBe("admitted");
    expect(desk.seat.value).toBeNull();
    expect(joins()).toBe(0);
  });

  it("is told what the service says when it refuses", async () => {
    service.instead.set(`POST /sessions/${ids.session}/participants/${ids.patient}/admit`, () => problem(409, "PROVIDER_NOT_PRESENT"));
    await desk.admit(ids.session, ids.patient);
    expect(desk.problem.value?.code).toBe("PROVIDER_NOT_PRESENT");
  });

  it("asks the service all the same where a seat that nobody has is not for them", async () => {
    delete service.person(ids.provider).userId;
    service.instead.set(`POST /sessions/${ids.session}/participants/${ids.provider}/join`, () => problem(403, "ACCESS_DENIED"));
    expect(await desk.admit(ids.session, ids.patient)).toMatchObject({ ok: true });
  });

  it("is told that there is no seat to join on", async () => {
    await desk.join(ids.session);
    expect(desk.problem.value?.code).toBe("NO_OWN_SEAT");
  });
});
