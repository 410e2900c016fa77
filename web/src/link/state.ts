// SPDX-License-Identifier: Apache-2.0
/** Everything the link page can be showing, what can happen to it, and what it may ask for. */
import type { Answer, Problem } from "@/api/http";
import type { Branding, Consent, ConsentDecision, JoinAnswer, Preview, Visit } from "@/api/types";

export interface Seat {
  readonly participantId: string;
  readonly visit: Visit;
  /** Whether the event stream is up. */
  readonly connected: boolean;
  /** The clinic wants to know where the patient is. */
  readonly asksWhere?: boolean;
}

export type NewLink = "idle" | "sending" | "sent" | "failed";
export type Farewell = "left" | "ended" | "failed" | "consent_withdrawn";

/** Where a consent is asked: on the way in, its answer travels with the join; in a seat it is sent by itself. */
export type Asker = { readonly kind: "link"; readonly preview: Preview } | { readonly kind: "seat"; readonly seat: Seat };

interface Room {
  readonly seat: Seat;
  readonly leaving: boolean;
  /** Why leaving did not work. */
  readonly problem: Problem | null;
}

export type State =
  | { readonly screen: "loading" }
  | { readonly screen: "trouble"; readonly problem: Problem }
  | { readonly screen: "invalid" }
  | { readonly screen: "expired" | "used" | "moved"; readonly branding: Branding; readonly newLink: NewLink }
  | { readonly screen: "cancelled" | "ended"; readonly branding: Branding }
  | { readonly screen: "early"; readonly preview: Preview }
  | { readonly screen: "who"; readonly preview: Preview }
  | {
      readonly screen: "consent";
      readonly asker: Asker;
      readonly asked: readonly Consent[];
      readonly decisions: readonly ConsentDecision[];
      readonly declined: boolean;
      readonly sending: boolean;
      readonly problem: Problem | null;
    }
  | {
      readonly screen: "device";
      readonly preview: Preview;
      readonly decisions: readonly ConsentDecision[];
      readonly joining: boolean;
      readonly problem: Problem | null;
    }
  | ({ readonly screen: "waiting" } & Room)
  | ({ readonly screen: "visit" } & Room)
  | { readonly screen: "removed"; readonly branding: Branding }
  | { readonly screen: "after"; readonly seat: Seat; readonly farewell: Farewell; readonly thanked: boolean; readonly newLink: NewLink };

export type Screen = State["screen"];
export type On<S extends Screen> = Extract<State, { screen: S }>;

export type VisitFrame =
  | { readonly event: "state"; readonly data: Visit }
  | { readonly event: "admitted"; readonly data: { readonly participantId: string } }
  | { readonly event: "removed"; readonly data: { readonly participantId: string; readonly reason?: string } }
  | { readonly event: "ended"; readonly data: { readonly status: string; readonly reason?: string } }
  | { readonly event: "mode"; readonly data: { readonly mode: Visit["session"]["mode"] } };

export type Input =
  | { readonly type: "start"; readonly code: string | null }
  | { readonly type: "previewed"; readonly answer: Answer<Preview>; readonly unfinished: readonly ConsentDecision[] | null }
  | { readonly type: "opens" }
  | { readonly type: "retry" }
  | { readonly type: "next" }
  | { readonly type: "back" }
  | { readonly type: "decided"; readonly decision: "granted" | "refused" }
  | { readonly type: "ask-consent" }
  | { readonly type: "consent-saved"; readonly answer: Answer<{ consents: Consent[] }> }
  | { readonly type: "joined"; readonly answer: Answer<JoinAnswer> }
  | { readonly type: "seated"; readonly participantId: string; readonly answer: Answer<Visit> }
  | { readonly type: "frame"; readonly frame: VisitFrame }
  | { readonly type: "stream"; readonly up: boolean }
  | { readonly type: "stream-refused" }
  | { readonly type: "place"; readonly queue: Visit["queue"] }
  | { readonly type: "leave" }
  | { readonly type: "left"; readonly answer: Answer<unknown> }
  | { readonly type: "ask-new-link" }
  | { readonly type: "new-link-asked"; readonly answer: Answer<unknown> }
  | { readonly type: "rated" };

export type Effect =
  | { readonly do: "preview" }
  | { readonly do: "wake-at"; readonly at: string }
  | { readonly do: "join"; readonly decisions: readonly ConsentDecision[] }
  | { readonly do: "take-seat"; readonly participantId: string }
  | { readonly do: "open-stream"; readonly participantId: string }
  | { readonly do: "close-stream" }
  | { readonly do: "save-consent"; readonly decision: ConsentDecision }
  | { readonly do: "greet" }
  | { readonly do: "leave" }
  | { readonly do: "new-link" };

export type Step = readonly [State, readonly Effect[]];

export const isIn = (visit: Visit): boolean =>
  visit.participant.status === "admitted" || visit.participant.status === "active";

/** The consents that only this person can answer and has not said yes to. */
export const openConsents = (role: string | undefined, consents: readonly Consent[] | undefined): readonly Consent[] =>
  role === "patient" ? (consents ?? []).filter((consent) => consent.status !== "granted") : [];

export const brandingOf = (state: State): Branding | null => {
  switch (state.screen) {
    case "loading":
    case "trouble":
    case "invalid":
      return null;
    case "early":
    case "who":
    case "device":
      return state.preview.branding;
    case "consent":
      return state.asker.kind === "link" ? state.asker.preview.branding : state.asker.seat.visit.branding;
    case "waiting":
    case "visit":
    case "after":
      return state.seat.visit.branding;
    default:
      return state.branding;
  }
};
