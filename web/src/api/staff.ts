// SPDX-License-Identifier: Apache-2.0
/** The calls of staff, by the access token that they have at the moment. */
import { randomKey } from "@/platform/fetch";
import type { Credential, Http } from "./http";
import type { Mode, NewSession, Role } from "./types";

export const staffCalls = (http: Http, token: () => string) => {
  const by = (): { readonly as: Credential } => ({ as: { kind: "staff", token: token() } });
  return {
    sessions: (from: string, to: string) => http.get("/sessions", { ...by(), query: { from, to, limit: 200 } }),
    /** Visits that are over, newest first; a cursor goes on where the page before ended. */
    sessionsOver: (status: "ended" | "failed", from: string, cursor?: string) =>
      http.get("/sessions", { ...by(), query: { status, from, limit: 200, ...(cursor === undefined ? {} : { cursor }) } }),
    session: (id: string) => http.get("/sessions/{id}", { ...by(), in: { id } }),
    preparation: (id: string) => http.get("/sessions/{id}/preparation", { ...by(), in: { id } }),
    waitingRoom: () => http.get("/waiting-room", by()),
    waitingAppointments: () => http.get("/appointments/waiting", by()),
    create: (body: NewSession, key: string) => http.post("/sessions", { ...by(), key, body }),
    addParticipant: (id: string, role: Role, linkedTo?: string) =>
      http.post("/sessions/{id}/participants", { ...by(), key: randomKey(), in: { id }, body: { role, ...(linkedTo === undefined ? {} : { linkedTo }) } }),
    joinLink: (id: string, pid: string) => http.post("/sessions/{id}/participants/{pid}/join-token", { ...by(), in: { id, pid }, body: {} }),
    join: (id: string, pid: string) => http.post("/sessions/{id}/participants/{pid}/join", { ...by(), key: randomKey(), in: { id, pid }, body: {} }),
    admit: (id: string, pid: string, version: number, withLinked: boolean) =>
      http.post("/sessions/{id}/participants/{pid}/admit", { ...by(), key: randomKey(), in: { id, pid }, body: { version, ...(withLinked ? { withLinked } : {}) } }),
    remove: (id: string, pid: string, reason: string) =>
      http.post("/sessions/{id}/participants/{pid}/remove", { ...by(), key: randomKey(), in: { id, pid }, body: { reason } }),
    end: (id: string, version: number) => http.post("/sessions/{id}/end", { ...by(), key: randomKey(), in: { id }, body: { version } }),
    fallback: (id: string, mode: Mode, reason: string) =>
      http.post("/sessions/{id}/fallback", { ...by(), key: randomKey(), in: { id }, body: { mode, reason } }),
    retryEncounter: (id: string) => http.post("/sessions/{id}/encounter/retry", { ...by(), key: randomKey(), in: { id }, body: {} }),
    publicConfig: (tenant: string) => http.get("/config/public", { as: { kind: "none" }, query: { tenant } }),
    events: (visit: string | null, lastId: string | null, signal: AbortSignal) =>
      http.open(
        "/events",
        { ...by(), ...(visit === null ? {} : { query: { visit } }), headers: lastId === null ? {} : { "Last-Event-ID": lastId } },
        signal,
      ),
  };
};
export type StaffCalls = ReturnType<typeof staffCalls>;

/** Before somebody is in: where they sign in, and who they turn out to be. */
export const entranceCalls = (http: Http) => ({
  signIn: () => http.get("/config/sign-in", { as: { kind: "none" } }),
  me: (token: string) => http.get("/me", { as: { kind: "staff", token } }),
});
