// SPDX-License-Identifier: Apache-2.0
/**
 * A double of the service for developing pages and for Vitest: one clinic with one visit, in memory.
 *
 * It answers in the contract's shapes and keeps its order of events, but it checks no credential, keeps no limit and
 * remembers nothing. That the pages work with the service itself is for the browser tests to show.
 */
import type { Branding, Consent, Participant, Preview, Session, Visit, WaitingAppointment } from "@/api/types";

type Status = Participant["status"];
interface Listener {
  readonly participantId: string | null;
  readonly send: (event: string, data: unknown, id?: boolean) => void;
  readonly close: () => void;
}

export const ids = {
  session: "vsn_01J00000000000000000000001",
  provider: "vsp_01J00000000000000000000001",
  patient: "vsp_01J00000000000000000000002",
  interpreter: "vsp_01J00000000000000000000003",
} as const;

const branding: Branding = { displayName: "Riverside Family Clinic", primaryColor: "#0b6a60", supportContact: "+1 555 0100" };
const consentText =
  "A video visit is a visit with your provider over the internet. You can see and hear each other.\n" +
  "Your provider cannot touch or examine you, so they may ask you to come to the clinic.\n" +
  "The video goes straight between your devices and is not recorded. You can stop at any time.";

export class FakeClinic {
  readonly session: Session;
  readonly joined = new Map<string, unknown>();
  readonly calls: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
  readonly listeners = new Set<Listener>();
  consent: Consent["status"] = "needed";
  /** One for each thing that an appointment can wait for. */
  appointments: WaitingAppointment[];
  /** Answers to give instead, once each, by "METHOD /path". */
  readonly instead = new Map<string, () => Response | Promise<Response>>();
  private position = 0;

  constructor(private readonly at = Date.now()) {
    const person = (id: string, role: Participant["role"], displayName: string, language = "en"): Participant => ({
      id, role, displayName, language, status: "invited", connection: "unknown", mediaMode: "video",
    });
    this.session = {
      id: ids.session, tenantId: "demo", patientId: "patient-17", encounterId: null, initiatorId: "dr-lindqvist", videoBackend: "embedded",
      roomName: "room", roomUrl: "", mode: "video", status: "scheduled", recordingEnabled: false, consentPending: true, version: 1,
      scheduledStart: this.time(5), scheduledEnd: this.time(35), createdAt: this.time(-60), updatedAt: this.time(-60), language: "en",
      participants: [
        { ...person(ids.provider, "provider", "Dr. Anna Lindqvist"), userId: "dr-lindqvist" },
        person(ids.patient, "patient", "Maryam Rahimi"),
        { ...person(ids.interpreter, "interpreter", "Omid Karimi"), linkedTo: ids.patient },
      ],
    };
    const lacks = ["booking", "consent", "provider", "service", "licence"] as const;
    this.appointments = lacks.map((waitsFor, index) => ({
      appointmentId: `appointment-${waitsFor}`, patientId: `patient-${20 + index}`, waitsFor, scheduledStart: this.time(40 + 600 * index),
      waitingSince: this.time(-60), nextTryAt: this.time(10), ...(waitsFor === "provider" ? {} : { providerId: "dr-lindqvist" }),
    }));
  }

  private time(minutes: number): string {
    return new Date(this.at + minutes * 60_000).toISOString();
  }

  person(id: string): Participant {
    const found = this.session.participants.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no participant ${id}`);
    return found;
  }

  consents(): Consent[] {
    return [{ type: "telehealth", required: true, answerable: true, status: this.consent, textVersion: "2026-01", text: consentText, language: "en" }];
  }

  preview(code: string, cookie: string): Preview | null {
    const open = {
      branding, role: "patient" as const, language: "en", timeZone: "Europe/Stockholm", providerName: "Dr. Anna Lindqvist",
      session: { scheduledStart: this.session.scheduledStart, scheduledEnd: this.session.scheduledEnd }, validFrom: this.time(-10),
    };
    switch (code) {
      case "early":
        return { ...open, state: "early", validFrom: this.time(3), consents: this.consents() };
      case "expired":
      case "used":
      case "cancelled":
      case "moved":
      case "ended":
        return { state: code, branding };
      case "patient":
      case "interpreter": {
        const id = ids[code];
        if (this.session.status === "ended") return { state: "ended", branding };
        if (this.joined.has(code)) return cookie.includes(id) ? { state: "resume", branding, participantId: id } : { state: "used", branding };
        return { ...open, state: "open", role: code, consents: code === "patient" ? this.consents() : [] };
      }
      default:
        return null;
    }
  }

  visit(participantId: string): Visit {
    const me = this.person(participantId);
    const { id, status, mode, scheduledStart, scheduledEnd } = this.session;
    const waiting = this.session.participants.filter((one) => one.status === "waiting");
    return {
      session: { id, status, mode, scheduledStart, scheduledEnd, language: "en" },
      participant: { id: me.id, role: me.role, status: me.status, displayName: me.displayName ?? "", language: me.language ?? "en" },
      participants: this.session.participants.filter((one) => one.status !== "invited").map((one) => ({ id: one.id, role: one.role, displayName: one.displayName ?? "", status: one.status, connection: "good" })),
      branding, consents: me.role === "patient" ? this.consents() : [], recording: { status: "off" }, notice: null,
      queue: me.status === "waiting" ? { position: waiting.findIndex((one) => one.id === me.id) + 1 } : null,
    };
  }

  setStatus(participantId: string, status: Status): void {
    this.person(participantId).status = status;
    this.changed();
  }

  changed(): void {
    this.session.version += 1;
    this.session.updatedAt = new Date().toISOString();
    for (const listener of this.listeners) {
      if (listener.participantId !== null) listener.send("state", this.visit(listener.participantId));
    }
    this.tellStaff("virtual_care.session.changed.v1");
  }

  tellStaff(type: string): void {
    for (const listener of this.listeners) if (listener.participantId === null) listener.send(type, { type, subject: this.session.id });
  }

  tell(participantId: string, event: string, data: unknown): void {
    for (const listener of this.listeners) if (listener.participantId === participantId) listener.send(event, data, event !== "signal");
  }

  join(code: "patient" | "interpreter", granted: boolean): unknown {
    const id = ids[code];
    if (granted) this.consent = "granted";
    this.joined.set(code, true);
    if (this.session.status === "scheduled") this.session.status = "waiting";
    this.person(id).status = "waiting";
    this.person(id).joinedAt = new Date().toISOString();
    this.changed();
    return { destination: "waiting_room", sessionId: this.session.id, participantId: id, credential: `demo.${id}`, visit: this.visit(id) };
  }

  admit(participantId: string): void {
    const now = new Date().toISOString();
    this.person(participantId).status = "admitted";
    if (participantId === ids.patient) {
      this.session.status = "active";
      this.session.actualStart = now;
    }
    this.tell(participantId, "admitted", { sessionId: this.session.id, participantId, at: now });
    this.changed();
  }

  end(): void {
    const at = new Date().toISOString();
    this.session.status = "ended";
    this.session.actualEnd = at;
    this.session.encounterId = "enc-1001";
    this.changed();
    for (const listener of [...this.listeners]) {
      if (listener.participantId === null) continue;
      listener.send("ended", { sessionId: this.session.id, status: "ended", reason: "completed", at });
      listener.close();
    }
  }

  /** A stream for a participant, for staff, or for both on one connection. */
  stream(participantId: string | null, staff: boolean): Response {
    const mine: Listener[] = [];
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const write = (event: string, data: unknown, id = true): void => {
          const head = id ? `id: ${++this.position}\n` : "";
          controller.enqueue(new TextEncoder().encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        };
        const close = (): void => {
          mine.forEach((one) => this.listeners.delete(one));
          if (!staff) controller.close();
        };
        if (staff) mine.push({ participantId: null, send: write, close });
        if (participantId !== null) {
          const send: Listener["send"] = (event, data, id) => write(staff ? "visit" : event, staff ? { participantId, event, data } : data, id);
          mine.push({ participantId, send, close });
        }
        mine.forEach((one) => this.listeners.add(one));
        if (participantId !== null) this.tell(participantId, "state", this.visit(participantId));
      },
      cancel: () => mine.forEach((one) => this.listeners.delete(one)),
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" } });
  }
}
