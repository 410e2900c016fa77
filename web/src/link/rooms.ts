// SPDX-License-Identifier: Apache-2.0
/** Where a seat leads: into a room, into another one with news, or out when the visit is over. */
import { isIn, type Farewell, type On, type Seat, type State } from "./state";

export const isRoom = (state: State): state is On<"waiting" | "visit"> => state.screen === "waiting" || state.screen === "visit";

export const inRoom = (screen: "waiting" | "visit", seat: Seat): State => ({ screen, seat, leaving: false, problem: null });

export const farewell = (seat: Seat, kind: Farewell): State => ({ screen: "after", seat, farewell: kind, thanked: false, newLink: "idle" });

export function overFor(seat: Seat, status: string, reason: string | undefined): State | null {
  const { branding } = seat.visit;
  const withdrawn = seat.visit.consents.some((one) => one.type === "telehealth" && one.status === "withdrawn");
  if (reason === "consent_withdrawn" || (status === "ended" && withdrawn)) return farewell(seat, "consent_withdrawn");
  if (status === "cancelled") return { screen: "cancelled", branding };
  if (status === "failed") return farewell(seat, "failed");
  if (status === "ended") return isIn(seat.visit) ? farewell(seat, "ended") : { screen: "ended", branding };
  return null;
}

export function withSeat(state: State, seat: Seat): State {
  if (isRoom(state)) return { ...state, seat };
  if (state.screen === "consent" && state.asker.kind === "seat") return { ...state, asker: { kind: "seat", seat } };
  return state;
}
