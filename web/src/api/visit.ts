// SPDX-License-Identifier: Apache-2.0
/** The calls of the people in a visit: before joining by their link, after it by their visit credential. */
import type { Credential, Http } from "./http";
import type { ConnectionSample, ConsentDecision, DeviceCheck, SignalKind, Whereabouts } from "./types";

const nobody: Credential = { kind: "none" };

/** What a link's holder may ask before joining. Opening a link uses nothing up. */
export const linkCalls = (http: Http, code: string) => {
  const as: Credential = { kind: "link", code };
  return {
    preview: () => http.post("/visit/preview", { as: nobody, body: { token: code } }),
    join: (decisions: readonly ConsentDecision[], key: string) =>
      http.post("/visit/join", { as: nobody, key, body: { token: code, ...(decisions.length > 0 ? { consents: [...decisions] } : {}) } }),
    newLink: () => http.post("/visit/new-link", { as: nobody, body: { token: code } }),
    deviceCheck: (result: DeviceCheck) => http.post("/visit/device-check", { as, body: result }),
    download: (bytes: number) => http.get("/visit/network-test", { as, query: { bytes }, once: true }),
    upload: (body: Uint8Array) => http.post("/visit/network-test", { as, query: { bytes: body.length }, body }),
  };
};
export type LinkCalls = ReturnType<typeof linkCalls>;

/** What somebody in their seat may ask. */
export const seatCalls = (http: Http, as: Credential) => ({
  view: () => http.get("/visit", { as }),
  events: (lastId: string | null, signal: AbortSignal) =>
    http.open("/visit/events", { as, headers: lastId === null ? {} : { "Last-Event-ID": lastId } }, signal),
  consent: (decision: ConsentDecision) => http.post("/visit/consents", { as, body: decision }),
  download: (bytes: number) => http.get("/visit/network-test", { as, query: { bytes }, deadlineMs: 5000, once: true }),
  upload: (body: Uint8Array) => http.post("/visit/network-test", { as, query: { bytes: body.length }, body, deadlineMs: 5000 }),
  connection: (sample: ConnectionSample) => http.post("/visit/connection", { as, body: sample, deadlineMs: 5000 }),
  video: () => http.get("/visit/video", { as }),
  signal: (to: string, kind: SignalKind, payload: Record<string, unknown>) =>
    http.post("/visit/signal", { as, body: { to, kind, payload }, deadlineMs: 8000 }),
  whereabouts: (where: Whereabouts) => http.post("/visit/whereabouts", { as, body: where }),
  leave: () => http.post("/visit/leave", { as }),
  feedback: (rating: number, comment: string) =>
    http.post("/visit/feedback", { as, body: { rating, ...(comment === "" ? {} : { comment }) } }),
});
export type SeatCalls = ReturnType<typeof seatCalls>;
