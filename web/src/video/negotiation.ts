// SPDX-License-Identifier: Apache-2.0
/**
 * How two browsers agree on their connection: perfect negotiation, as a pure machine.
 *
 * Signals may be lost, repeated, late or addressed to a page that has since been reloaded. Therefore every page load
 * has its own `instance`, every offer a number, and an offer without an answer is sent again. One input is worked off,
 * with all its actions, before the next: the driver keeps them in line.
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
  /** The page load on the other side that we are talking with, once it has spoken. */
  readonly peer: Instance | null;
  /** Page loads of theirs that are over: what still arrives from them is ignored. */
  readonly gone: readonly Instance[];
  /** Gives way when both offer at once. Exactly one of the two is polite. */
  readonly polite: boolean;
  /** Our offer that waits for its answer. */
  readonly pending: { readonly sdp: string; readonly resends: number } | null;
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
  | { readonly type: "unanswered" };

export type Action =
  | { readonly do: "reset" }
  | { readonly do: "make-offer" }
  | { readonly do: "take-offer"; readonly turn: number; readonly sdp: string }
  | { readonly do: "take-answer"; readonly sdp: string }
  | { readonly do: "take-candidates"; readonly candidates: readonly RTCIceCandidateInit[] }
  | { readonly do: "send"; readonly signal: PeerSignal }
  | { readonly do: "gone" };

export type Step = readonly [Negotiation, readonly Action[]];

export const begin = (self: Instance, polite: boolean): Negotiation => ({
  self, peer: null, gone: [], polite, pending: null, turn: 0, answered: null,
});

export function step(state: Negotiation, input: Input): Step {
  switch (input.type) {
    case "needed":
      // While an offer is out, its answer may already settle this; the browser asks again when it does not.
      return state.pending === null ? [state, [{ do: "make-offer" }]] : [state, []];
    case "offered": {
      const next = { ...state, turn: state.turn + 1, pending: { sdp: input.sdp, resends: 0 } };
      return [next, [offer(next, input.sdp)]];
    }
    case "answered": {
      if (state.peer === null) return [state, []];
      const next = { ...state, answered: { turn: input.turn, sdp: input.sdp } };
      return [next, [answer(next, state.peer, input.turn, input.sdp)]];
    }
    case "found":
      return [state, [{ do: "send", signal: { kind: "candidate", payload: { from: state.self, to: state.peer, candidates: input.candidates } } }]];
    case "unanswered": {
      if (state.pending === null) return [state, []];
      const pending = { ...state.pending, resends: state.pending.resends + 1 };
      return [{ ...state, pending }, [offer(state, pending.sdp)]];
    }
    case "signal":
      return heard(state, input.signal);
  }
}

function heard(state: Negotiation, signal: PeerSignal): Step {
  const { from } = signal.payload;
  if (state.gone.includes(from)) return [state, []];
  const forSomebodyElse = "to" in signal.payload && signal.payload.to !== null && signal.payload.to !== state.self;
  if (forSomebodyElse) return [state, []];
  switch (signal.kind) {
    case "offer":
      return state.peer !== null && state.peer !== from ? reloaded(state, signal.payload) : offerHeard({ ...state, peer: from }, signal.payload);
    case "answer": {
      const ours = state.pending !== null && signal.payload.turn === state.turn && (state.peer === null || state.peer === from);
      return ours ? [{ ...state, peer: from, pending: null }, [{ do: "take-answer", sdp: signal.payload.sdp }]] : [state, []];
    }
    case "candidate":
      return state.peer !== null && state.peer !== from ? [state, []] : [state, [{ do: "take-candidates", candidates: signal.payload.candidates }]];
    case "bye":
      return state.peer === from || state.peer === null ? [forget(state, from), [{ do: "gone" }]] : [state, []];
  }
}

/** The other side was loaded anew: nothing of the old connection is worth keeping. */
function reloaded(state: Negotiation, payload: OfferPayload): Step {
  const fresh = { ...forget(state, state.peer ?? payload.from), peer: payload.from };
  const taken: Action = { do: "take-offer", turn: payload.turn, sdp: payload.sdp };
  return [fresh, [{ do: "reset" }, taken]];
}

const forget = (state: Negotiation, peer: Instance): Negotiation => ({
  ...state, peer: null, pending: null, answered: null, gone: [...state.gone, peer].slice(-16),
});

function offerHeard(state: Negotiation, payload: OfferPayload): Step {
  if (state.answered !== null && payload.turn <= state.answered.turn) {
    // Heard before. When it is the latest, our answer may have been lost.
    const again = payload.turn === state.answered.turn ? [answer(state, payload.from, payload.turn, state.answered.sdp)] : [];
    return [state, again];
  }
  const glare = state.pending !== null;
  if (glare && !state.polite) {
    // Ours stands. They may never have got it, having spoken from a page that was not listening yet.
    return [state, [offer(state, state.pending.sdp)]];
  }
  return [{ ...state, pending: null }, [{ do: "take-offer", turn: payload.turn, sdp: payload.sdp }]];
}

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
