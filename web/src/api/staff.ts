// SPDX-License-Identifier: Apache-2.0
/** The calls of staff, by their access token. */
import { randomKey } from "@/platform/fetch";
import type { Credential, Http } from "./http";
import type { Mode, NewSession, Role } from "./types";

export const staffCalls = (http: Http, token: string) => {
  const as: Credential = { kind: "staff", token };
  return {
    sessions: (from: string, to: string) => http.get("/sessions", { as, query: { from, to, limit: 200 } }),
    /** Visits that are over, newest first; a cursor goes on where the page before ended. */
    sessionsOver: (status: "ended" | "failed", from: string, cursor?: string) =>
      http.get("/sessions", { as, query: { status, from, limit: 200, ...(cursor === undefined ? {} : { cursor }) } }),
    session: (id: string) => http.get("/sessions/{id}", { as, in: { id } }),
    preparation: (id: string) => http.get("/sessions/{id}/preparation", { as, in: { id } }),
    waitingRoom: () => http.get("/waiting-room", { as }),
    create: (body: NewSession, key: string) => http.post("/sessions", { as, key, body }),
    addParticipant: (id: string, role: Role, linkedTo?: string) =>
      http.post("/sessions/{id}/participants", { as, key: randomKey(), in: { id }, body: { role, ...(linkedTo === undefined ? {} : { linkedTo }) } }),
    joinLink: (id: string, pid: string) => http.post("/sessions/{id}/participants/{pid}/join-token", { as, in: { id, pid }, body: {} }),
    join: (id: string, pid: string) => http.post("/sessions/{id}/participants/{pid}/join", { as, key: randomKey(), in: { id, pid }, body: {} }),
    admit: (id: string, pid: string, version: number, withLinked: boolean) =>
      http.post("/sessions/{id}/participants/{pid}/admit", { as, key: randomKey(), in: { id, pid }, body: { version, ...(withLinked ? { withLinked } : {}) } }),
    remove: (id: string, pid: string, reason: string) =>
      http.post("/sessions/{id}/participants/{pid}/remove", { as, key: randomKey(), in: { id, pid }, body: { reason } }),
    end: (id: string, version: number) => http.post("/sessions/{id}/end", { as, key: randomKey(), in: { id }, body: { version } }),
    fallback: (id: string, mode: Mode, reason: string) =>
      http.post("/sessions/{id}/fallback", { as, key: randomKey(), in: { id }, body: { mode, reason } }),
    retryEncounter: (id: string) => http.post("/sessions/{id}/encounter/retry", { as, key: randomKey(), in: { id }, body: {} }),
    publicConfig: (tenant: string) => http.get("/config/public", { as: { kind: "none" }, query: { tenant } }),
    events: (visit: string | null, lastId: string | null, signal: AbortSignal) =>
      http.open(
        "/events",
        { as, ...(visit === null ? {} : { query: { visit } }), headers: lastId === null ? {} : { "Last-Event-ID": lastId } },
        signal,
      ),
  };
};
export type StaffCalls = ReturnType<typeof staffCalls>;
