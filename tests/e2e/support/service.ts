// SPDX-License-Identifier: Apache-2.0
/** The service itself, started for one test file, and what staff do through its API. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Program } from "./process";

export const binary = (): string => {
  const path = process.env["VCARE_BINARY"];
  if (path === undefined) throw new Error("VCARE_BINARY names no program");
  return path;
};

interface DemoLine {
  readonly baseUrl: string;
  readonly tenantId: string;
  readonly staffTokens: Readonly<Record<"clinician" | "scheduler" | "tenant_admin" | "auditor", string>>;
  readonly session: { readonly id: string };
  readonly links: Readonly<Record<"patient" | "provider" | "interpreter" | "admin", string>>;
}

export interface Session {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly mode: string;
  readonly encounterId: string | null;
  readonly participants: readonly { readonly id: string; readonly role: string; readonly status: string }[];
}

export class Service {
  constructor(readonly baseUrl: string, readonly token: string) {}

  async call<T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.baseUrl}/api/v1/virtual-care${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  session = (id: string): Promise<Session> => this.call("GET", `/sessions/${id}`);

  /** A visit that starts so many minutes from now. */
  book(startsInMinutes: number, patientId = "patient-e2e", more: Readonly<Record<string, unknown>> = {}): Promise<Session> {
    const start = Date.now() + startsInMinutes * 60_000;
    const times = { scheduledStart: new Date(start).toISOString(), scheduledEnd: new Date(start + 1_800_000).toISOString() };
    return this.call("POST", "/sessions", { patientId, ...times, ...more });
  }

  async link(session: Session, role: string, ttlSeconds?: number): Promise<string> {
    const id = await this.participant(session.id, role);
    const body = ttlSeconds === undefined ? {} : { ttlSeconds };
    const made = await this.call<{ joinUrl: string }>("POST", `/sessions/${session.id}/participants/${id}/join-token`, body);
    return made.joinUrl;
  }

  async participant(sessionId: string, role: string): Promise<string> {
    const { participants } = await this.session(sessionId);
    const found = participants.find((one) => one.role === role);
    if (found === undefined) throw new Error(`no ${role} in ${sessionId}`);
    return found.id;
  }

  async cancel(session: Session): Promise<void> {
    const { version } = await this.session(session.id);
    await this.call("POST", `/sessions/${session.id}/cancel`, { version, reason: "clinic_closed" });
  }
}

/** `vcare demo` with data of its own. */
export class Demo extends Service {
  private constructor(private readonly program: Program, readonly data: string, readonly line: DemoLine) {
    super(line.baseUrl, line.staffTokens.clinician);
  }

  static async start(): Promise<Demo> {
    const data = mkdtempSync(join(tmpdir(), "vcare-e2e-"));
    const program = Program.start(binary(), ["demo", "--json", "--data", data, "--port", String(await freePort())]);
    return new Demo(program, data, JSON.parse(await program.firstLine()) as DemoLine);
  }

  get log(): string {
    return this.program.errors;
  }

  /** Changes the clinic's settings, as its tenant admin. */
  async configure(change: Readonly<Record<string, unknown>>): Promise<void> {
    const admin = new Service(this.baseUrl, this.line.staffTokens.tenant_admin);
    const current = await admin.call<Record<string, unknown> & { version: number }>("GET", "/config");
    await admin.call("PUT", "/config", { ...current, ...change }, { "If-Match": `"${current.version}"` });
  }

  /** Takes what another service tells, as if it came from a broker; what it leads to is done when this ends. */
  async hear(type: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.data, "told.ndjson");
    const head = { specversion: "1.0", id: randomUUID(), type, source: "/services/other", time: new Date().toISOString(), tenantid: this.line.tenantId };
    writeFileSync(file, JSON.stringify({ ...head, data }));
    await Program.start(binary(), ["inbox", "take", file, "--config", join(this.data, "vcare.toml")]).result();
  }

  /** The same clinic, served somewhere else. */
  at = (baseUrl: string): Service => new Service(baseUrl, this.token);

  /** Ends the program and leaves its data. */
  stopProgram = (): Promise<void> => this.program.stop();

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}
