// SPDX-License-Identifier: Apache-2.0
/**
 * How two browsers agree on their connection: perfect negotiation, as a pure machine.
 *
 * Signals may be lost, repeated, late or addressed to a connection that is no more. Therefore every RTCPeerConnection
 * has an `instance`, a name that sorts after those of the ones before it; every offer has a number; an offer without
 * an answer is sent again; and who hears that the other side holds on to something gone begins anew. One input is
 * worked off, with all its actions, before the next: the driver keeps them in line.
 */
export type Instance = string;

export interface OfferPayload { readonly from: Instance; readonly to: Instance | null; readonly turn: number; readonly sdp: string }
export interface AnswerPayload { readonly from: Instance; readonly to: Instance; readonly turn: number; readonly sdp: string }
export interface CandidatePayload { readonly from: Instance; readonly to: Instance | null; readonly candidates: readonly RTCIceCandidateInit[] }
export interface ByePayload { readonly from: Instance }

export type PeerSignal =
  | { readonly kind: "offer"; readonly payload: OfferPayload }
  | { readonly kind: "answer"; readonly payload: AnswerPayload }
  | { readonly kind: "candidate"; readonly payload: CandidatePayload }
  | { readonly kind: "bye"; readonly payload: ByePayload };

export interface Negotiation {
  readonly self: Instance;
  /** The newest connection of the other side that we have heard of. */
  readonly peer: Instance | null;
  /** The other side said goodbye from this one: nothing up to it counts any more. */
  readonly over: Instance | null;
  /** By whose offer our connection came to belong to that of `peer`. Null while no description of theirs was taken. */
  readonly bound: "our-offer" | "their-offer" | null;
  /** Whether we give way when both make their very first offer at once. Exactly one of the two does. */
  readonly polite: boolean;
  /** Our offer that waits for its answer. */
  readonly pending: { readonly sdp: string } | null;
  /** Number of our last offer. */
  readonly turn: number;
  /** Their last offer that we answered, and the answer. */
  readonly answered: { readonly turn: number; readonly sdp: string } | null;
}

export type Input =
  | { readonly type: "needed" }
  | { readonly type: "offered"; readonly sdp: string }
  | { readonly type: "answered"; readonly turn: number; readonly sdp: string }
  | { readonly type: "signal"; readonly signal: PeerSignal }
  | { readonly type: "found"; readonly candidates: readonly RTCIceCandidateInit[] }
  | { readonly type: "unanswered" }
  /** The browser refused a description. */
  | { readonly type: "failed" };

export type Action =
  | { readonly do: "reset" }
  | { readonly do: "make-offer" }
  | { readonly do: "take-offer"; readonly turn: number; readonly sdp: string }
  | { readonly do: "take-answer"; readonly sdp: string }
  | { readonly do: "take-candidates"; readonly candidates: readonly RTCIceCandidateInit[] }
  | { readonly do: "send"; readonly signal: PeerSignal }
  | { readonly do: "gone" };

export type Step = readonly [Negotiation, readonly Action[]];

/** A name for a new connection: later ones sort after earlier ones, whichever page of the person makes them. */
export const instanceAt = (ms: number, random: string): Instance => `${ms.toString(36).padStart(9, "0")}-${random}-0000`;

const nextInstance = (self: Instance): Instance => {
  const [time, random, count] = self.split("-");
  return `${time}-${random}-${(parseInt(count ?? "0", 36) + 1).toString(36).padStart(4, "0")}`;
};

export const begin = (self: Instance, polite: boolean): Negotiation => ({
  self, peer: null, over: null, bound: null, polite, pending: null, turn: 0, answered: null,
});

export function step(state: Negotiation, input: Input): Step {
  switch (input.type) {
    case "needed":
      // While an offer is out, its answer may already settle this; the browser asks again when it does not.
      return state.pending === null ? [state, [{ do: "make-offer" }]] : [state, []];
    case "offered": {
      const next = { ...state, turn: state.turn + 1, pending: { sdp: input.sdp } };
      return [next, [offer(next, input.sdp)]];
    }
    case "answered": {
      if (state.peer === null) return [state, []];
      const next = { ...state, answered: { turn: input.turn, sdp: input.sdp } };
      return [next, [answer(next, state.peer, input.turn, input.sdp)]];
    }
    case "found":
      return [state, [{ do: "send", signal: { kind: "candidate", payload: { from: state.self, to: state.peer, candidates: input.candidates } } }]];
    case "unanswered":
      return state.pending === null ? [state, []] : [state, [offer(state, state.pending.sdp)]];
    case "failed":
      return [renewed(state), [{ do: "reset" }, { do: "make-offer" }]];
    case "signal":
      return heard(state, input.signal);
  }
}

function heard(state: Negotiation, signal: PeerSignal): Step {
  const { from } = signal.payload;
  const isOld = (state.peer !== null && from < state.peer) || (state.over !== null && from <= state.over);
  if (isOld) return [state, []];
  const to = "to" in signal.payload ? signal.payload.to : null;
  const isNew = state.bound !== null && state.peer !== null && from > state.peer;
  // From the connection that ours belongs to, an offer or an address is good whichever of ours they thought of.
  const isOurs = signal.kind === "candidate" || (signal.kind === "offer" && state.bound !== null && from === state.peer);
  if (to !== null && to !== state.self && !isOurs) return again(state);
  switch (signal.kind) {
    case "offer": {
      if (!isNew) return offerHeard({ ...state, peer: from }, signal.payload);
      const [fresh, actions] = offerHeard({ ...renewed(state), peer: from }, signal.payload);
      return [fresh, [{ do: "reset" }, ...actions]];
    }
    case "answer":
      if (isNew) return again(state);
      if (state.pending === null || signal.payload.turn !== state.turn) return [state, []];
      return [{ ...state, peer: from, bound: state.bound ?? "our-offer", pending: null }, [{ do: "take-answer", sdp: signal.payload.sdp }]];
    case "candidate":
      return state.peer !== null && from !== state.peer ? [state, []] : [state, [{ do: "take-candidates", candidates: signal.payload.candidates }]];
    case "bye":
      return [{ ...renewed(state), over: from }, [{ do: "gone" }]];
  }
}

/** The other side answers something that is no more: it must hear a new offer, from a connection bound to nobody. */
function again(state: Negotiation): Step {
  if (state.bound !== null) return [renewed(state), [{ do: "reset" }, { do: "make-offer" }]];
  return [state, [state.pending === null ? { do: "make-offer" } : offer(state, state.pending.sdp)]];
}

/** What is left when our connection is replaced by a new one. */
const renewed = (state: Negotiation): Negotiation => ({
  ...state, self: nextInstance(state.self), peer: null, bound: null, pending: null, answered: null,
});

function offerHeard(state: Negotiation, payload: OfferPayload): Step {
  if (state.answered !== null && payload.turn <= state.answered.turn) {
    // Heard before. When it is the latest, our answer may have been lost.
    const again = payload.turn === state.answered.turn ? [answer(state, payload.from, payload.turn, state.answered.sdp)] : [];
    return [state, again];
  }
  const glare = state.pending !== null;
  if (glare && !givesWay(state)) {
    // Ours stands. They may never have got it, having spoken from a page that was not listening yet.
    return [state, [offer(state, state.pending.sdp)]];
  }
  const taken: Action = { do: "take-offer", turn: payload.turn, sdp: payload.sdp };
  if (glare && state.bound === null) {
    // Chromium cannot start the data channel of a connection whose very first offer was rolled back: take a new one.
    return [{ ...renewed(state), peer: payload.from, bound: "their-offer" }, [{ do: "reset" }, taken]];
  }
  return [{ ...state, bound: state.bound ?? "their-offer", pending: null }, [taken]];
}

/**
 * Once bound, who made the first offer gives way: Chromium no longer shows what it receives on a connection that began
 * with an answer and then rolls an offer of its own back. Its statistics go on counting decoded frames, but the track
 * never gets another one.
 */
const givesWay = (state: Negotiation): boolean => (state.bound === null ? state.polite : state.bound === "our-offer");

const offer = (state: Negotiation, sdp: string): Action => ({
  do: "send", signal: { kind: "offer", payload: { from: state.self, to: state.peer, turn: state.turn, sdp } },
});

const answer = (state: Negotiation, to: Instance, turn: number, sdp: string): Action => ({
  do: "send", signal: { kind: "answer", payload: { from: state.self, to, turn, sdp } },
});

/** Signals come from other people's pages: what is not shaped like one is none. */
export function readSignal(kind: unknown, payload: unknown): PeerSignal | null {
  if (typeof payload !== "object" || payload === null) return null;
  const p = payload as Record<string, unknown>;
  if (typeof p["from"] !== "string") return null;
  const toOk = p["to"] === null || typeof p["to"] === "string";
  const described = toOk && typeof p["turn"] === "number" && typeof p["sdp"] === "string";
  if ((kind === "offer" || kind === "answer") && described) return { kind, payload: p } as unknown as PeerSignal;
  if (kind === "candidate" && toOk && Array.isArray(p["candidates"])) return { kind, payload: p } as unknown as PeerSignal;
  return kind === "bye" ? { kind, payload: { from: p["from"] } } : null;
}
