// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Answer, Problem } from "@/api/http";
import type { ConsentDecision, JoinAnswer, Preview, Visit } from "@/api/types";
import { initial, step } from "@/link/reducer";
import type { Effect, Input, State } from "@/link/state";
import { FakeClinic, ids } from "./fake/clinic";

const clinic = new FakeClinic();
const ok = <T>(value: T): Answer<T> => ({ ok: true, value });
const no = (code: string, status: number): { ok: false; problem: Problem } => ({ ok: false, problem: { code, status } });
const preview = (code: string, more: Partial<Preview> = {}): Preview => ({ ...(clinic.preview(code, "") as Preview), ...more });
const previewed = (value: Preview, unfinished: readonly ConsentDecision[] | null = null): Input => ({ type: "previewed", answer: ok(value), unfinished });
const visit = (status: Visit["participant"]["status"], consent: "granted" | "needed" = "granted", session: Visit["session"]["status"] = "waiting"): Visit => {
  const view = clinic.visit(ids.patient);
  return {
    ...view,
    session: { ...view.session, status: session },
    participant: { ...view.participant, status },
    consents: view.consents.map((one) => ({ ...one, status: consent })),
  };
};
const joinAnswer = (view: Visit): JoinAnswer => ({ destination: "waiting_room", sessionId: ids.session, participantId: ids.patient, credential: "c", visit: view });

/** Plays inputs from the start; gives the state they lead to and the effects of the last. */
function play(...inputs: Input[]): { state: State; effects: readonly Effect[] } {
  let state = initial;
  let effects: readonly Effect[] = [];
  for (const input of inputs) [state, effects] = step(state, input);
  return { state, effects };
}
const screenAfter = (...inputs: Input[]): string => play(...inputs).state.screen;

const consented = preview("patient", { consents: clinic.consents().map((one) => ({ ...one, status: "granted" as const })) });
const toDevice: Input[] = [previewed(consented), { type: "next" }];
const toWaiting: Input[] = [...toDevice, { type: "next" }, { type: "joined", answer: ok(joinAnswer(visit("waiting"))) }];
const toVisit: Input[] = [...toWaiting, { type: "frame", frame: { event: "admitted", data: { participantId: ids.patient } } }];

describe("opening a link", () => {
  it("looks at it without using it", () => {
    expect(play({ type: "start", code: "abc" }).effects).toEqual([{ do: "preview" }]);
    expect(screenAfter({ type: "start", code: null })).toBe("invalid");
  });

  it.each(["expired", "used", "cancelled", "moved", "ended"])("that is %s says so", (code) => {
    expect(screenAfter(previewed(preview(code)))).toBe(code);
  });

  it("that is forged says that it does not work", () => {
    expect(screenAfter({ type: "previewed", answer: no("TOKEN_INVALID", 401), unfinished: null })).toBe("invalid");
  });

  it("with no network offers another try, and tries", () => {
    const away: Input = { type: "previewed", answer: no("OFFLINE", 0), unfinished: null };
    expect(screenAfter(away)).toBe("trouble");
    expect(play(away, { type: "retry" }).effects).toEqual([{ do: "preview" }]);
  });

  it("too early waits for its time, and a lost network does not end the countdown", () => {
    const early = play(previewed(preview("early")));
    expect(early.state.screen).toBe("early");
    expect(early.effects).toMatchObject([{ do: "wake-at" }]);
    expect(screenAfter(previewed(preview("early")), { type: "previewed", answer: no("OFFLINE", 0), unfinished: null })).toBe("early");
  });

  it("goes back to the seat where the browser still has one", () => {
    const { effects } = play(previewed({ state: "resume", branding: {}, participantId: ids.patient }));
    expect(effects).toEqual([{ do: "take-seat", participantId: ids.patient }]);
  });

  it("used by a join whose answer was lost asks for that answer again", () => {
    const { effects } = play(previewed(preview("used"), []));
    expect(effects).toEqual([{ do: "join", decisions: [] }]);
  });

  it("in a state unknown to this page offers a new link", () => {
    expect(screenAfter(previewed({ state: "paused" as "open", branding: {} }))).toBe("expired");
  });
});

describe("the way in", () => {
  it("takes two taps when nothing is to be asked", () => {
    expect(play(...toDevice, { type: "next" }).effects).toEqual([{ do: "join", decisions: [] }]);
  });

  it("asks the patient, and sends the answer with the join", () => {
    const asked: Input[] = [previewed(preview("patient")), { type: "next" }];
    expect(screenAfter(...asked)).toBe("consent");
    const { effects } = play(...asked, { type: "decided", decision: "granted" }, { type: "next" });
    expect(effects).toMatchObject([{ do: "join", decisions: [{ type: "telehealth", decision: "granted", textVersion: "2026-01" }] }]);
  });

  it("asks nobody but the patient", () => {
    expect(screenAfter(previewed(preview("patient", { role: "interpreter" })), { type: "next" })).toBe("device");
  });

  it("asks nothing that only the clinic can write down, and leads on to the waiting room", () => {
    const elsewhere = (view: Visit): Visit => ({ ...view, consents: view.consents.map((one) => ({ ...one, answerable: false })) });
    const asked = preview("patient", { consents: clinic.consents().map((one) => ({ ...one, answerable: false })) });
    const told: Input[] = [previewed(asked), { type: "next" }];
    expect(play(...told).state).toMatchObject({ screen: "consent", decisions: [] });
    expect(screenAfter(...told, { type: "next" })).toBe("device");
    expect(play(...told, { type: "next" }, { type: "next" }).effects).toEqual([{ do: "join", decisions: [] }]);
    const joined: Input = { type: "joined", answer: ok(joinAnswer(elsewhere(visit("waiting", "needed")))) };
    expect(screenAfter(...told, { type: "next" }, { type: "next" }, joined)).toBe("waiting");
  });

  it("does not lead past a question that is to be answered here", () => {
    expect(screenAfter(previewed(preview("patient")), { type: "next" }, { type: "next" })).toBe("consent");
  });

  it("takes a no for an answer, with a way back and a way on", () => {
    const refused: Input[] = [previewed(preview("patient")), { type: "next" }, { type: "decided", decision: "refused" }];
    expect(play(...refused).state).toMatchObject({ screen: "consent", declined: true });
    expect(play(...refused, { type: "back" }).state).toMatchObject({ declined: false, decisions: [] });
    expect(play(...refused, { type: "next" }).effects).toMatchObject([{ do: "join", decisions: [{ decision: "refused" }] }]);
  });

  it("does not join twice for two taps", () => {
    expect(play(...toDevice, { type: "next" }, { type: "next" }).effects).toEqual([]);
  });

  it("stays on its screen when the join fails, and can be tried again", () => {
    const failed: Input[] = [...toDevice, { type: "next" }, { type: "joined", answer: no("CONSENT_SERVICE_UNAVAILABLE", 503) }];
    expect(play(...failed).state).toMatchObject({ screen: "device", joining: false, problem: { status: 503 } });
    expect(play(...failed, { type: "next" }).effects).toHaveLength(1);
  });

  it("looks at the link again when it was void by then", () => {
    expect(play(...toDevice, { type: "next" }, { type: "joined", answer: no("TOKEN_INVALID", 401) }).effects).toEqual([{ do: "preview" }]);
  });
});

describe("the waiting room", () => {
  it("listens from the moment of the join", () => {
    const { state, effects } = play(...toWaiting);
    expect(state.screen).toBe("waiting");
    expect(effects).toEqual([{ do: "open-stream", participantId: ids.patient }]);
  });

  it("asks first for a consent that is still needed", () => {
    const joined: Input = { type: "joined", answer: ok(joinAnswer(visit("waiting", "needed"))) };
    const asked: Input[] = [...toDevice, { type: "next" }, joined];
    expect(screenAfter(...asked)).toBe("consent");
    expect(play(...asked, { type: "decided", decision: "granted" }).effects).toMatchObject([{ do: "save-consent", decision: { decision: "granted" } }]);
    const saved: Input = { type: "consent-saved", answer: ok({ consents: visit("waiting").consents }) };
    expect(screenAfter(...asked, { type: "decided", decision: "granted" }, saved)).toBe("waiting");
  });

  it("says so when the answer could not be saved, and keeps the question", () => {
    const asked: Input[] = [...toDevice, { type: "next" }, { type: "joined", answer: ok(joinAnswer(visit("waiting", "needed"))) }, { type: "decided", decision: "granted" }];
    const { state } = play(...asked, { type: "consent-saved", answer: no("CONSENT_SERVICE_UNAVAILABLE", 503) });
    expect(state).toMatchObject({ screen: "consent", decisions: [], sending: false, problem: { status: 503 } });
  });

  it("leads into the visit on admission, with a greeting", () => {
    const { state, effects } = play(...toVisit);
    expect(state.screen).toBe("visit");
    expect(effects).toEqual([{ do: "greet" }]);
  });

  it("does not open for somebody else's admission", () => {
    expect(screenAfter(...toWaiting, { type: "frame", frame: { event: "admitted", data: { participantId: ids.interpreter } } })).toBe("waiting");
  });

  it("leads in by the state alone, where the admission was not heard", () => {
    expect(screenAfter(...toWaiting, { type: "frame", frame: { event: "state", data: visit("active", "granted", "active") } })).toBe("visit");
  });

  it("shows a lost stream and keeps its place", () => {
    expect(play(...toWaiting, { type: "stream", up: false }).state).toMatchObject({ screen: "waiting", seat: { connected: false } });
  });

  it("looks at the link again when the stream is refused for good", () => {
    expect(play(...toWaiting, { type: "stream-refused" }).effects).toEqual([{ do: "close-stream" }, { do: "preview" }]);
  });
});

describe("the visit", () => {
  const ended = (status: string, reason?: string): Input => ({ type: "frame", frame: { event: "ended", data: reason === undefined ? { status } : { status, reason } } });

  it("ends with thanks for who was in it", () => {
    expect(play(...toVisit, ended("ended", "completed")).state).toMatchObject({ screen: "after", farewell: "ended" });
  });

  it("is simply over for who never came in", () => {
    expect(screenAfter(...toWaiting, ended("ended", "completed"))).toBe("ended");
    expect(screenAfter(...toWaiting, ended("cancelled", "no_show_patient"))).toBe("cancelled");
  });

  it("says why it stopped when the consent was taken back, or something broke", () => {
    expect(play(...toVisit, ended("ended", "consent_withdrawn")).state).toMatchObject({ farewell: "consent_withdrawn" });
    expect(play(...toVisit, ended("failed")).state).toMatchObject({ farewell: "failed" });
  });

  it("tells who was removed, and nobody else", () => {
    expect(screenAfter(...toVisit, { type: "frame", frame: { event: "removed", data: { participantId: ids.interpreter } } })).toBe("visit");
    expect(screenAfter(...toVisit, { type: "frame", frame: { event: "removed", data: { participantId: ids.patient } } })).toBe("removed");
    expect(screenAfter(...toVisit, { type: "frame", frame: { event: "removed", data: { participantId: ids.patient, reason: "left" } } })).toBe("after");
  });

  it("is left only once the service knows", () => {
    const leaving = play(...toVisit, { type: "leave" });
    expect(leaving.state).toMatchObject({ screen: "visit", leaving: true });
    expect(leaving.effects).toEqual([{ do: "leave" }]);
    expect(play(...toVisit, { type: "leave" }, { type: "leave" }).effects).toEqual([]);
    expect(play(...toVisit, { type: "leave" }, { type: "left", answer: ok(undefined) }).state).toMatchObject({ screen: "after", farewell: "left" });
  });

  it.each([["waiting", toWaiting], ["visit", toVisit]] as const)("says so when leaving the %s did not work, and lets it be tried again", (screen, way) => {
    const failed: Input[] = [...way, { type: "leave" }, { type: "left", answer: no("OFFLINE", 0) }];
    expect(play(...failed).state).toMatchObject({ screen, leaving: false, problem: { code: "OFFLINE" } });
    expect(play(...failed, { type: "leave" })).toMatchObject({ state: { problem: null }, effects: [{ do: "leave" }] });
  });

  it("changes its mode when the service says so", () => {
    const { state } = play(...toVisit, { type: "frame", frame: { event: "mode", data: { mode: "phone" } } });
    expect(state).toMatchObject({ seat: { visit: { session: { mode: "phone" } } } });
  });
});

describe("a new link", () => {
  it("is asked for once at a time, and again after a failure", () => {
    const used = previewed(preview("used"));
    expect(play(used, { type: "ask-new-link" }).effects).toEqual([{ do: "new-link" }]);
    expect(play(used, { type: "ask-new-link" }, { type: "ask-new-link" }).effects).toEqual([]);
    expect(play(used, { type: "ask-new-link" }, { type: "new-link-asked", answer: no("OFFLINE", 0) }).state).toMatchObject({ newLink: "failed" });
    expect(play(used, { type: "ask-new-link" }, { type: "new-link-asked", answer: ok(undefined) }).state).toMatchObject({ newLink: "sent" });
  });

  it("can be asked for by whoever has left", () => {
    const asked: Input[] = [...toWaiting, { type: "leave" }, { type: "left", answer: ok(undefined) }, { type: "ask-new-link" }];
    expect(play(...asked).effects).toEqual([{ do: "new-link" }]);
    expect(play(...asked, { type: "new-link-asked", answer: ok(undefined) }).state).toMatchObject({ screen: "after", newLink: "sent" });
  });
});

describe("the place in line", () => {
  const placed: Input = { type: "place", queue: { position: 3 } };

  it("moves with the visits of others", () => {
    expect(play(...toWaiting, placed).state).toMatchObject({ screen: "waiting", seat: { visit: { queue: { position: 3 } } } });
  });

  it("takes nobody back out of the visit when its answer comes late", () => {
    expect(play(...toVisit, placed).state).toEqual(play(...toVisit).state);
  });
});
