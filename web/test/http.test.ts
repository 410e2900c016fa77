// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Http } from "@/api/http";
import { now } from "@/platform/timers";

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers } });

/** A server that gives these answers, one after the other. */
function serverWith(...answers: (Response | Error)[]) {
  const requests: { path: string; init: RequestInit }[] = [];
  const http = new Http((path, init) => {
    requests.push({ path, init });
    const next = answers.shift();
    return next instanceof Response ? Promise.resolve(next) : Promise.reject(next ?? new Error("no more answers"));
  });
  return { http, requests };
}

const nobody = { kind: "none" } as const;
const offline = (): Error => new TypeError("offline");

describe("a call", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("carries its credential, its body and its key", async () => {
    const { http, requests } = serverWith(json({ credential: "c" }));
    await http.post("/sessions/{id}/participants/{pid}/join", { as: { kind: "staff", token: "t" }, in: { id: "a/b", pid: "p" }, key: "k", body: {} });
    expect(requests[0]?.path).toBe("/api/v1/virtual-care/sessions/a%2Fb/participants/p/join");
    expect(requests[0]?.init).toMatchObject({ method: "POST", body: "{}", headers: { Authorization: "Bearer t", "Idempotency-Key": "k", "Content-Type": "application/json" } });
  });

  it("names the seat by header, so that several can live in one browser", async () => {
    const { http, requests } = serverWith(json({}));
    await http.get("/visit", { as: { kind: "cookie", participantId: "vsp_1" } });
    expect(requests[0]?.init.headers).toMatchObject({ "X-Vcare-Visit": "vsp_1" });
  });

  it("gives the problem's code", async () => {
    const { http } = serverWith(json({ code: "TOKEN_INVALID" }, 401));
    expect(await http.post("/visit/preview", { as: nobody, body: { token: "x" } })).toMatchObject({ ok: false, problem: { code: "TOKEN_INVALID", status: 401 } });
  });

  it("with a key is sent again under the same key until an answer comes", async () => {
    const { http, requests } = serverWith(offline(), json({ code: "STORE_UNAVAILABLE" }, 503, { "Retry-After": "1" }), json({ participantId: "p" }));
    const answer = http.post("/visit/join", { as: nobody, key: "once", body: { token: "x" } });
    await vi.runAllTimersAsync();
    expect(await answer).toMatchObject({ ok: true });
    expect(requests.map((one) => (one.init.headers as Record<string, string>)["Idempotency-Key"])).toEqual(["once", "once", "once"]);
  });

  it("without a key is sent once only", async () => {
    const { http, requests } = serverWith(offline(), json({}));
    expect(await http.post("/visit/leave", { as: nobody })).toMatchObject({ ok: false, problem: { code: "OFFLINE" } });
    expect(requests).toHaveLength(1);
  });

  it("that is refused is not sent again", async () => {
    const { http, requests } = serverWith(json({ code: "ACCESS_DENIED" }, 403), json({}));
    await http.get("/waiting-room", { as: nobody });
    expect(requests).toHaveLength(1);
  });

  it("gives up after four tries", async () => {
    const { http, requests } = serverWith(offline(), offline(), offline(), offline(), json({}));
    const answer = http.get("/visit", { as: nobody });
    await vi.runAllTimersAsync();
    expect(await answer).toMatchObject({ ok: false });
    expect(requests).toHaveLength(4);
  });

  it("learns the server's clock, so that a wrong one here does not matter", async () => {
    const ahead = new Date(Date.now() + 3_600_000).toUTCString();
    const { http } = serverWith(json({}, 200, { Date: ahead }), json({}, 200, { Date: new Date().toUTCString() }));
    await http.get("/visit", { as: nobody });
    expect(Math.abs(now() - Date.parse(ahead))).toBeLessThan(2_000);
    await http.get("/visit", { as: nobody });
    expect(Math.abs(now() - Date.now())).toBeLessThan(2_000);
  });
});
