// SPDX-License-Identifier: Apache-2.0
/** Appointments of the scheduling service that cannot become a visit yet: read anew with the visits of the clinic. */
import { signal } from "@preact/signals";
import type { StaffCalls } from "@/api/staff";
import type { WaitingAppointment } from "@/api/types";
import { worksWithPatients, type Access } from "./identity";

export function createAppointments(calls: StaffCalls, access: Access) {
  /** Soonest first. */
  const waiting = signal<readonly WaitingAppointment[]>([]);
  return {
    waiting,

    /** What is known stays while the service cannot say. Nobody asks who would be refused. */
    async load(): Promise<void> {
      if (!worksWithPatients(access.identity.value)) return;
      const answer = await calls.waitingAppointments();
      if (answer.ok) waiting.value = answer.value.items;
    },
  };
}
