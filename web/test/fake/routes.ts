// SPDX-License-Identifier: Apache-2.0
/** The double's addresses. */
import type { ConsentDecision } from "@/api/types";
import { ids, type FakeClinic } from "./clinic";

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });
export const problem = (status: number, code: string): Response =>
  new Response(JSON.stringify({ type: `urn:vcare:problem:${code}`, title: code, status, code, instance: "", traceId: "0" }), {
    status, headers: { "Content-Type": "application/problem+json" },
  });
const nothing = (status: number): Response => new Response(null, { status });

const BASE = "/api/v1/virtual-care";

/** Answers one request, as a Transport or for the development server. */
export async function answer(clinic: FakeClinic, url: URL, init: { method: string; headers: Headers; body: string }): Promise<Response> {
  const path = url.pathname.slice(BASE.length);
  const body: unknown = init.headers.get("Content-Type") === "application/json" ? JSON.parse(init.body) : null;
  clinic.calls.push({ method: init.method, path, body });
  const name = `${init.method} ${path}`;
  const instead = clinic.instead.get(name);
  if (instead !== undefined) {
    clinic.instead.delete(name);
    return instead();
  }
  return path.startsWith("/visit") ? visit(clinic, name, url, init.headers, body) : staff(clinic, name, url, body);
}

function seatOf(headers: Headers): string {
  return headers.get("X-Vcare-Visit") ?? /^Visit demo\.(.+)$/.exec(headers.get("Authorization") ?? "")?.[1] ?? "";
}

function visit(clinic: FakeClinic, name: string, url: URL, headers: Headers, body: unknown): Response {
  const token = (body as { token?: string } | null)?.token ?? "";
  const seat = seatOf(headers);
  switch (name) {
    case "POST /visit/preview": {
      const preview = clinic.preview(token, headers.get("Cookie") ?? "");
      return preview === null ? problem(401, "TOKEN_INVALID") : json(preview);
    }
    case "POST /visit/join": {
      if (token !== "patient" && token !== "interpreter") return problem(401, "TOKEN_INVALID");
      const key = headers.get("Idempotency-Key") ?? "";
      const kept = clinic.joined.get(key);
      if (kept !== undefined) return json(kept);
      if (clinic.joined.has(token)) return problem(401, "TOKEN_INVALID");
      const decisions = (body as { consents?: ConsentDecision[] }).consents ?? [];
      const joined = clinic.join(token, decisions.some((one) => one.decision === "granted"));
      clinic.joined.set(key, joined);
      return json(joined, 200, { "Set-Cookie": `vcare_visit_${ids[token]}=x; Path=${BASE}/visit; HttpOnly; SameSite=Strict` });
    }
    case "POST /visit/new-link":
    case "POST /visit/feedback":
      return nothing(202);
    case "POST /visit/device-check":
    case "POST /visit/whereabouts":
    case "POST /visit/network-test":
      return nothing(204);
    case "GET /visit/network-test":
      return new Response(new Uint8Array(Number(url.searchParams.get("bytes"))), { headers: { "Content-Type": "application/octet-stream" } });
    case "GET /visit":
      return json(clinic.visit(seat));
    case "GET /visit/events":
      return clinic.stream(seat, false);
    case "POST /visit/consents":
      clinic.consent = (body as ConsentDecision).decision;
      return json({ consents: clinic.consents() });
    case "POST /visit/connection":
      return json({ advice: "stay" });
    case "GET /visit/video":
      if (!["admitted", "active"].includes(clinic.person(seat).status)) return problem(403, "ACCESS_DENIED");
      if (clinic.person(seat).status === "admitted") clinic.setStatus(seat, "active");
      return json({ backend: "embedded", iceServers: [], peers: [] });
    case "POST /visit/signal": {
      const signal = body as { to: string; kind: string; payload: unknown };
      if (!["admitted", "active"].includes(clinic.person(signal.to).status)) return problem(404, "PARTICIPANT_NOT_FOUND");
      clinic.tell(signal.to, "signal", { from: seat, kind: signal.kind, payload: signal.payload });
      return nothing(202);
    }
    case "POST /visit/leave":
      clinic.setStatus(seat, "disconnected");
      return nothing(204);
    default:
      return problem(404, "NOT_FOUND");
  }
}

function staff(clinic: FakeClinic, name: string, url: URL, body: unknown): Response {
  const session = `/sessions/${ids.session}`;
  const participant = new RegExp(`^POST ${session}/participants/([^/]+)/([a-z-]+)$`).exec(name);
  if (participant !== null) return participantCommand(clinic, participant[1] ?? "", participant[2] ?? "", url.origin, body);
  switch (name) {
    case "GET /config/sign-in":
      return json({});
    case "GET /config/public":
      return json({ branding: clinic.visit(ids.provider).branding, languages: ["en", "fa-AF"] });
    case "GET /sessions":
      return json({ items: (url.searchParams.get("status") ?? clinic.session.status) === clinic.session.status ? [clinic.session] : [] });
    case `GET ${session}`:
      return json(clinic.session);
    case `GET ${session}/preparation`:
      return json({
        sessionId: ids.session, backend: { name: "embedded", healthy: true }, consents: [{ type: "telehealth", required: true, status: clinic.consent }],
        participants: [{ participantId: ids.patient, role: "patient", status: clinic.person(ids.patient).status, link: {}, reachable: true }],
        interpreter: { needed: true, confirmed: clinic.person(ids.interpreter).status !== "invited" },
      });
    case `GET ${session}/timeline`:
      return json({ items: [] });
    case "GET /waiting-room":
      return json({
        items: clinic.session.participants.filter((one) => one.status === "waiting").map((one) => ({
          sessionId: ids.session, participantId: one.id, role: one.role, displayName: one.displayName, connection: "good", language: "fa-AF",
          waitSeconds: Math.round((Date.now() - Date.parse(one.joinedAt ?? "")) / 1000), interpreterNeeded: one.role === "patient",
        })),
      });
    case "GET /appointments/waiting":
      return json({ items: clinic.appointments });
    case "GET /events":
      return clinic.stream(url.searchParams.get("visit"), true);
    case "POST /sessions":
      return json(clinic.session, 201);
    case `POST ${session}/participants`:
      return json(clinic.person(ids.interpreter), 201);
    case `POST ${session}/end`:
      clinic.end();
      return json(clinic.session);
    case `POST ${session}/encounter/retry`:
      return json(clinic.session);
    case `POST ${session}/fallback`: {
      const { mode, reason } = body as { mode: typeof clinic.session.mode; reason: string };
      clinic.session.mode = mode;
      for (const one of clinic.session.participants) clinic.tell(one.id, "mode", { mode, reason });
      clinic.changed();
      return json(clinic.session);
    }
    default:
      return problem(404, "NOT_FOUND");
  }
}

function participantCommand(clinic: FakeClinic, id: string, command: string, origin: string, body: unknown): Response {
  switch (command) {
    case "join-token": {
      const code = clinic.person(id).role;
      clinic.joined.delete(code);
      return json({ token: code, joinUrl: `${origin}/v/#${code}`, validFrom: clinic.session.scheduledStart, expiresAt: clinic.session.scheduledEnd });
    }
    case "join":
      if (clinic.session.status === "scheduled") clinic.session.status = "waiting";
      clinic.setStatus(id, "active");
      return json({ visit: clinic.visit(id), credential: `demo.${id}` });
    case "admit":
      if (clinic.person(id).status !== "waiting") return problem(409, "PARTICIPANT_NOT_IN_WAITING_ROOM");
      clinic.admit(id);
      if ((body as { withLinked?: boolean }).withLinked === true) {
        for (const one of clinic.session.participants) if (one.linkedTo === id && one.status === "waiting") clinic.admit(one.id);
      }
      return json(clinic.session);
    case "remove":
      clinic.tell(id, "removed", { participantId: id, reason: "removed" });
      clinic.setStatus(id, "removed");
      return json(clinic.session);
    default:
      return problem(404, "NOT_FOUND");
  }
}
