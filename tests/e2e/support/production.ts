// SPDX-License-Identifier: Apache-2.0
/** A clinic on two replicas in production mode, with everything it stands on (tests/production). */
import { Program } from "./process";

interface Where {
  readonly baseUrl: string;
  readonly otherUrl: string;
  readonly issuer: string;
  readonly control: string;
}

interface CloudEvent {
  readonly id: string;
  readonly type: string;
}

interface Encounter {
  readonly id: string;
  readonly status: string;
  readonly class: { readonly system: string; readonly code: string };
}

export class ProductionClinic {
  private constructor(private readonly program: Program, readonly where: Where) {}

  static async start(): Promise<ProductionClinic> {
    const stack = process.env["VCARE_PRODUCTION_STACK"];
    if (stack === undefined) throw new Error("VCARE_PRODUCTION_STACK names no program");
    const program = Program.start(stack, []);
    return new ProductionClinic(program, JSON.parse(await program.firstLine()) as Where);
  }

  /** The patient agrees to video visits, at the owner of consents. */
  consent = (patientId: string): Promise<unknown> => this.ask("POST", `/consents?patient=${patientId}`);
  /** What the record has of a visit. */
  encountersOf = (sessionId: string): Promise<readonly Encounter[]> => this.ask("GET", `/encounters?session=${sessionId}`);
  /** What is in the stream about it, in its order. */
  eventsOf = (sessionId: string): Promise<readonly CloudEvent[]> => this.ask("GET", `/events?session=${sessionId}`);

  stop = (): Promise<void> => this.program.stop();

  private async ask<T>(method: string, path: string): Promise<T> {
    const answer = await fetch(this.where.control + path, { method });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }
}
