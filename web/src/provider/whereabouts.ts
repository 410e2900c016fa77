// SPDX-License-Identifier: Apache-2.0
import type { Session } from "@/api/types";

/** A list does not tell where people are: what a single session has told is kept. */
export const withWhereabouts = (listed: Session, before: Session | null): Session => ({
  ...listed,
  participants: listed.participants.map((one) => {
    const whereabouts = before?.participants.find((same) => same.id === one.id)?.whereabouts;
    return whereabouts === undefined ? one : { ...one, whereabouts };
  }),
});
