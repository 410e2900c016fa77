// SPDX-License-Identifier: Apache-2.0
/** What follows from what on the link page: a pure step from a state and an input to a state and the effects wanted. */
import type { Problem } from "@/api/http";
import type { Consent, ConsentDecision, Preview } from "@/api/types";
import { farewell, inRoom, isRoom, overFor, withSeat } from "./rooms";
import { isIn, openConsents, type Effect, type Input, type On, type Seat, type State, type Step, type VisitFrame } from "./state";

export const initial: State = { screen: "loading" };

const stay = (state: State): Step => [state, []];

export function step(state: State, input: Input): Step {
  switch (input.type) {
    case "start":
      return input.code === null ? stay({ screen: "invalid" }) : [initial, [{ do: "preview" }]];
    case "previewed":
      if (!input.answer.ok) return previewFailed(state, input.answer.problem);
      return previewed(input.answer.value, input.unfinished);
    case "retry":
    case "opens":
      return [state.screen === "trouble" ? initial : state, [{ do: "preview" }]];
    case "next":
      return next(state);
    case "back":
      return back(state);
    case "decided":
      return state.screen === "consent" && !state.sending ? decided(state, input.decision) : stay(state);
    case "ask-consent":
      return state.screen === "waiting" ? askInSeat(state.seat) : stay(state);
    case "consent-saved":
      return state.screen === "consent" ? consentSaved(state, input.answer) : stay(state);
    case "joined":
      return state.screen === "device" || state.screen === "loading" || state.screen === "consent" ? joined(state, input.answer) : stay(state);
    case "seated":
      if (!input.answer.ok) return input.answer.problem.status === 401 ? [initial, [{ do: "preview" }]] : stay({ screen: "trouble", problem: input.answer.problem });
      return sit({ participantId: input.participantId, visit: input.answer.value, connected: true });
    case "frame":
      return inSeat(state, (seat) => framed(state, seat, input.frame));
    case "stream":
      return inSeat(state, (seat) => stay(withSeat(state, { ...seat, connected: input.up })));
    case "stream-refused":
      return inSeat(state, () => [initial, [{ do: "close-stream" }, { do: "preview" }]]);
    case "place":
      // Of an answer that may be older than the last frame, only the place in line is taken.
      return state.screen === "waiting" ? stay({ ...state, seat: { ...state.seat, visit: { ...state.seat.visit, queue: input.queue } } }) : stay(state);
    case "leave":
      return isRoom(state) && !state.leaving ? [{ ...state, leaving: true, problem: null }, [{ do: "leave" }]] : stay(state);
    case "left":
      return inSeat(state, (seat) => left(state, seat, input.answer));
    case "ask-new-link":
      return "newLink" in state && state.newLink !== "sending" ? [{ ...state, newLink: "sending" }, [{ do: "new-link" }]] : stay(state);
    case "new-link-asked":
      return "newLink" in state ? stay({ ...state, newLink: input.answer.ok ? "sent" : "failed" }) : stay(state);
    case "rated":
      return state.screen === "after" ? stay({ ...state, thanked: true }) : stay(state);
  }
}

function previewFailed(state: State, problem: Problem): Step {
  if (problem.status === 401 || problem.status === 400) return stay({ screen: "invalid" });
  // A countdown goes on while the network is away; it asks again by itself.
  return state.screen === "early" ? stay(state) : stay({ screen: "trouble", problem });
}

function previewed(preview: Preview, unfinished: readonly ConsentDecision[] | null): Step {
  const branding = preview.branding;
  switch (preview.state) {
    case "open":
      return stay({ screen: "who", preview });
    case "early":
      return [{ screen: "early", preview }, preview.validFrom === undefined ? [] : [{ do: "wake-at", at: preview.validFrom }]];
    case "resume":
      return preview.participantId === undefined
        ? stay({ screen: "used", branding, newLink: "idle" })
        : [initial, [{ do: "take-seat", participantId: preview.participantId }]];
    case "used":
      // Our own join may have used it, and its answer been lost on the way: ask for that answer again.
      if (unfinished !== null) return [initial, [{ do: "join", decisions: unfinished }]];
      return stay({ screen: "used", branding, newLink: "idle" });
    case "expired":
    case "moved":
      return stay({ screen: preview.state, branding, newLink: "idle" });
    case "cancelled":
    case "ended":
      return stay({ screen: preview.state, branding });
    default:
      return stay({ screen: "expired", branding, newLink: "idle" }); // a state this page does not know yet
  }
}

const asking = (asker: On<"consent">["asker"], asked: readonly Consent[], decisions: readonly ConsentDecision[] = []): State => ({
  screen: "consent", asker, asked, decisions, declined: false, sending: false, problem: null,
});

const checking = (preview: Preview, decisions: readonly ConsentDecision[]): State => ({
  screen: "device", preview, decisions, joining: false, problem: null,
});

function next(state: State): Step {
  if (state.screen === "who") {
    const asked = openConsents(state.preview.role, state.preview.consents);
    return stay(asked.length > 0 ? asking({ kind: "link", preview: state.preview }, asked) : checking(state.preview, []));
  }
  if (state.screen === "device" && !state.joining) {
    return [{ ...state, joining: true, problem: null }, [{ do: "join", decisions: state.decisions }]];
  }
  if (state.screen !== "consent" || state.sending) return stay(state);
  return state.declined ? tellTheClinic(state) : unanswered(state);
}

/** The way on from a question that only the clinic can take the answer to. */
function unanswered(state: On<"consent">): Step {
  if (state.asked[state.decisions.length]?.answerable !== false) return stay(state);
  return stay(state.asker.kind === "link" ? checking(state.asker.preview, state.decisions) : inRoom("waiting", state.asker.seat));
}

/** The way on after a no: the clinic learns of it, and the patient waits to hear from them. */
function tellTheClinic(state: On<"consent">): Step {
  const refused = state.decisions.at(-1);
  if (refused === undefined) return stay(state);
  const wanted: Effect = state.asker.kind === "link" ? { do: "join", decisions: state.decisions } : { do: "save-consent", decision: refused };
  return [{ ...state, sending: true, problem: null }, [wanted]];
}

function back(state: State): Step {
  if (state.screen === "consent") {
    if (state.sending) return stay(state);
    if (state.declined) return stay({ ...state, declined: false, decisions: state.decisions.slice(0, -1), problem: null });
    return stay(state.asker.kind === "link" ? { screen: "who", preview: state.asker.preview } : inRoom("waiting", state.asker.seat));
  }
  if (state.screen === "device" && !state.joining) return stay({ screen: "who", preview: state.preview });
  return stay(state);
}

function decided(state: On<"consent">, decision: "granted" | "refused"): Step {
  const consent = state.asked[state.decisions.length];
  if (consent === undefined) return stay(state);
  const made = { type: consent.type, textVersion: consent.textVersion, decision } as ConsentDecision;
  const decisions = [...state.decisions, made];
  if (decision === "refused" && consent.required) return stay({ ...state, decisions, declined: true });
  if (state.asker.kind === "seat") return [{ ...state, decisions, sending: true, problem: null }, [{ do: "save-consent", decision: made }]];
  return stay(decisions.length < state.asked.length ? { ...state, decisions } : checking(state.asker.preview, decisions));
}

function askInSeat(seat: Seat): Step {
  const asked = openConsents(seat.visit.participant.role, seat.visit.consents);
  return stay(asked.length > 0 ? asking({ kind: "seat", seat }, asked) : inRoom("waiting", seat));
}

function consentSaved(state: On<"consent">, answer: Extract<Input, { type: "consent-saved" }>["answer"]): Step {
  if (state.asker.kind !== "seat") return stay(state);
  if (!answer.ok) {
    const decisions = state.declined ? state.decisions : state.decisions.slice(0, -1);
    return stay({ ...state, decisions, sending: false, problem: answer.problem });
  }
  const seat = { ...state.asker.seat, visit: { ...state.asker.seat.visit, consents: answer.value.consents } };
  if (!state.declined && state.decisions.length < state.asked.length) {
    return stay({ ...state, asker: { kind: "seat", seat }, sending: false });
  }
  return sit(seat, false);
}

function joined(state: State, answer: Extract<Input, { type: "joined" }>["answer"]): Step {
  if (answer.ok) {
    const asksWhere = state.screen === "device" && state.preview.whereaboutsRequired === true;
    return sit({ participantId: answer.value.participantId, visit: answer.value.visit, connected: true, asksWhere });
  }
  const { problem } = answer;
  if (problem.code.startsWith("TOKEN_")) return [initial, [{ do: "preview" }]];
  if (state.screen === "consent") return stay({ ...state, sending: false, problem });
  if (state.screen !== "device") return stay({ screen: "trouble", problem });
  if (problem.code === "CONSENT_REQUIRED") {
    const asked = openConsents(state.preview.role, state.preview.consents);
    if (asked.length > 0) return stay({ ...asking({ kind: "link", preview: state.preview }, asked), problem } as State);
  }
  return stay({ ...state, joining: false, problem });
}

/** Into the room the seat belongs to; a patient who still owes an answer is asked first. */
function sit(seat: Seat, ask = true): Step {
  const stream: Effect = { do: "open-stream", participantId: seat.participantId };
  const over = overFor(seat, seat.visit.session.status, undefined);
  if (over !== null) return [over, [{ do: "close-stream" }]];
  if (isIn(seat.visit)) return [inRoom("visit", seat), [stream]];
  const unanswered = openConsents(seat.visit.participant.role, seat.visit.consents).filter((one) => one.status === "needed" && one.answerable);
  if (ask && unanswered.length > 0) return [asking({ kind: "seat", seat }, unanswered), [stream]];
  return [inRoom("waiting", seat), [stream]];
}

function framed(state: State, seat: Seat, frame: VisitFrame): Step {
  switch (frame.event) {
    case "state":
      return moved(state, { ...seat, visit: frame.data });
    case "admitted": {
      if (frame.data.participantId !== seat.participantId) return stay(state);
      const participant = { ...seat.visit.participant, status: "admitted" as const };
      return moved(state, { ...seat, visit: { ...seat.visit, participant } });
    }
    case "removed":
      if (frame.data.participantId !== seat.participantId) return stay(state);
      // The stream tells of our own leaving too, often before the call that asked for it is answered.
      if (frame.data.reason === "left") return [farewell(seat, "left"), [{ do: "close-stream" }]];
      return [{ screen: "removed", branding: seat.visit.branding }, [{ do: "close-stream" }]];
    case "ended": {
      const over = overFor(seat, frame.data.status, frame.data.reason) ?? farewell(seat, "ended");
      return [over, [{ do: "close-stream" }]];
    }
    case "mode": {
      const session = { ...seat.visit.session, mode: frame.data.mode };
      return stay(withSeat(state, { ...seat, visit: { ...seat.visit, session } }));
    }
  }
}

/** A new view of the visit: changes the room when the person's status says so. */
function moved(state: State, seat: Seat): Step {
  const over = overFor(seat, seat.visit.session.status, undefined);
  if (over !== null) return [over, [{ do: "close-stream" }]];
  if (seat.visit.participant.status === "removed") return [{ screen: "removed", branding: seat.visit.branding }, [{ do: "close-stream" }]];
  const inside = isIn(seat.visit);
  if (inside && state.screen !== "visit") return [inRoom("visit", seat), [{ do: "greet" }]];
  if (!inside && state.screen === "visit") return stay(seat.visit.participant.status === "waiting" ? inRoom("waiting", seat) : withSeat(state, seat));
  return stay(withSeat(state, seat));
}

function left(state: State, seat: Seat, answer: Extract<Input, { type: "left" }>["answer"]): Step {
  if (!answer.ok) return stay(isRoom(state) ? { ...state, leaving: false, problem: answer.problem } : state);
  return [farewell(seat, "left"), [{ do: "close-stream" }]];
}

function inSeat(state: State, run: (seat: Seat) => Step): Step {
  if (isRoom(state)) return run(state.seat);
  if (state.screen === "consent" && state.asker.kind === "seat") return run(state.asker.seat);
  return stay(state);
}
