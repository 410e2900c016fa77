// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "@/api/http";
import type { Participant, Session } from "@/api/types";
import { t, type MessageKey } from "@/i18n";

export const personName = (person: { displayName?: string; role: Participant["role"] }): string =>
  person.displayName ?? t(`role.${person.role}`);

export const patientName = (session: Session): string =>
  session.participants.find((one) => one.role === "patient")?.displayName ?? session.patientId;

/** Somebody of a known visit: a patient whose name nobody has given goes by their number. */
export const nameIn = (session: Session | undefined, person: { displayName?: string; role: Participant["role"] }): string =>
  person.role === "patient" && session !== undefined ? (person.displayName ?? session.patientId) : personName(person);

export const isOver = (session: Session): boolean => ["ended", "cancelled", "failed"].includes(session.status);

const endings: Readonly<Record<string, MessageKey>> = {
  consent_withdrawn: "ending.consent_withdrawn",
  abandoned: "ending.abandoned",
  no_show_patient: "ending.no_show_patient",
  provider_absent: "ending.provider_absent",
  not_admitted: "ending.not_admitted",
  nobody_came: "ending.nobody_came",
};

export interface Ending {
  readonly text: string;
  /** Not the way that a visit is meant to end. */
  readonly isTrouble: boolean;
}

/** Why a visit is over. Nothing is said of one that was just held and ended. */
export function whyOver(session: Session): Ending | null {
  if (session.status === "failed") return { text: t("ending.failed"), isTrouble: true };
  const reason = session.status === "cancelled" ? session.cancelReason : session.status === "ended" ? session.endReason : undefined;
  if (reason === undefined || reason === "completed") return null;
  const key = endings[reason];
  if (key !== undefined) return { text: t(key), isTrouble: true };
  return { text: t(session.status === "cancelled" ? "staff.cancelled-because" : "staff.ended-because", { reason }), isTrouble: false };
}

const sentences: Readonly<Record<string, MessageKey>> = {
  OFFLINE: "problem.offline",
  CONSENT_REQUIRED: "staff.problem-consent",
  PROVIDER_NOT_PRESENT: "staff.problem-not-present",
  PARTICIPANT_NOT_IN_WAITING_ROOM: "staff.problem-not-waiting",
  OPTIMISTIC_LOCK_CONFLICT: "staff.problem-changed",
  INVALID_STATUS_TRANSITION: "staff.problem-state",
  MAX_PARTICIPANTS_EXCEEDED: "staff.problem-full",
  MODULE_NOT_LICENSED: "staff.problem-licence",
  NO_OWN_SEAT: "staff.problem-no-seat",
  CONSENT_SERVICE_UNAVAILABLE: "staff.problem-consent-service",
};

/** What went wrong, for staff. An unforeseen code is shown, so that support knows what to look for. */
export function staffProblem(problem: Problem): string {
  const key = sentences[problem.code];
  if (key !== undefined) return t(key);
  if (problem.status === 403) return t("staff.problem-forbidden");
  return t("staff.problem-other", { code: problem.code });
}
