// SPDX-License-Identifier: Apache-2.0
/** Who comes together: an interpreter or a carer is linked to the patient, and goes in with them in one step. */
import type { Session } from "@/api/types";
import type { Waiting } from "./clinic";

interface Seat {
  readonly sessionId: string;
  readonly participantId: string;
}

const linkOf = (sessions: readonly Session[], { sessionId, participantId }: Seat): string | undefined =>
  sessions.find((one) => one.id === sessionId)?.participants.find((one) => one.id === participantId)?.linkedTo;

/** Those who wait and are linked to this person. */
export const waitingWith = (waiting: readonly Waiting[], sessions: readonly Session[], person: Seat): readonly Waiting[] =>
  waiting.filter((one) => one.sessionId === person.sessionId && linkOf(sessions, one) === person.participantId);

/** Whom one key lets in: who has waited longest, or the patient they came with. */
export function nextToAdmit(waiting: readonly Waiting[], sessions: readonly Session[]): { readonly person: Waiting; readonly withLinked: boolean } | null {
  const first = waiting[0];
  if (first === undefined) return null;
  const patient = waiting.find((one) => one.participantId === linkOf(sessions, first));
  const person = patient ?? first;
  return { person, withLinked: waitingWith(waiting, sessions, person).length > 0 };
}
