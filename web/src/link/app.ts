// SPDX-License-Identifier: Apache-2.0
/** Performs what the link page's machine asks for, and feeds it what comes back. */
import { batch, effect, signal } from "@preact/signals";
import { Http } from "@/api/http";
import { linkCalls, seatCalls, type LinkCalls, type SeatCalls } from "@/api/visit";
import type { ConsentDecision, DeviceCheck } from "@/api/types";
import { onComingBack, onLosingNetwork, randomKey, type Transport } from "@/platform/fetch";
import { chime, keepAwake } from "@/platform/media";
import { createSignalWire } from "@/platform/signal-wire";
import { openStream, type Frame, type Stream } from "@/platform/sse";
import { forget, recallJson, remember } from "@/platform/storage";
import { after, now, type Cancel } from "@/platform/timers";
import { takeEarly } from "./first-preview";
import { initial, step } from "./reducer";
import type { Effect, Input, State, VisitFrame } from "./state";

const UNFINISHED = "vcare.join";

interface Unfinished {
  readonly link: string;
  readonly key: string;
  readonly decisions: readonly ConsentDecision[];
}

const isUnfinished = (value: unknown): value is Unfinished =>
  typeof value === "object" && value !== null && "link" in value && "key" in value && "decisions" in value;

/** Enough of the code to tell two links apart, not enough to use one. */
const labelOf = (code: string): string => code.slice(0, 10);

export function createLinkApp(code: string | null, transport?: Transport) {
  const http = new Http(transport);
  const state = signal<State>(initial);
  const wire = createSignalWire();
  const link: LinkCalls | null = code === null ? null : linkCalls(http, code);
  let seat: SeatCalls | null = null;
  let seatOf: string | null = null;
  let stream: Stream | null = null;
  let alarm: Cancel | null = null;
  let awake: Cancel | null = null;

  const send = (input: Input): void => {
    const [next, effects] = step(state.value, input);
    batch(() => (state.value = next));
    for (const one of effects) void perform(one);
  };

  const unfinished = (): Unfinished | null => {
    const kept = recallJson(UNFINISHED, isUnfinished);
    return kept !== null && code !== null && kept.link === labelOf(code) ? kept : null;
  };

  const callsOf = (participantId: string): SeatCalls => {
    if (seat === null || seatOf !== participantId) {
      seat = seatCalls(http, { kind: "cookie", participantId });
      seatOf = participantId;
    }
    return seat;
  };

  const perform = async (wanted: Effect): Promise<void> => {
    if (link === null) return;
    switch (wanted.do) {
      case "preview":
        return send({ type: "previewed", answer: await ((code === null ? null : takeEarly(code)) ?? link.preview()), unfinished: unfinished()?.decisions ?? null });
      case "wake-at":
        alarm?.();
        // A second late rather than a moment early: the server decides, we only ask again.
        alarm = after(Math.max(1000, Date.parse(wanted.at) - now() + 500), () => send({ type: "opens" }));
        return;
      case "join":
        return join(wanted.decisions);
      case "take-seat":
        return send({ type: "seated", participantId: wanted.participantId, answer: await callsOf(wanted.participantId).view() });
      case "open-stream":
        return listen(wanted.participantId);
      case "close-stream":
        stream?.close();
        stream = null;
        awake?.();
        awake = null;
        return;
      case "save-consent":
        if (seat !== null) send({ type: "consent-saved", answer: await seat.consent(wanted.decision) });
        return;
      case "greet":
        return void chime();
      case "leave":
        if (seat !== null) send({ type: "left", answer: await seat.leave() });
        return;
      case "new-link":
        return send({ type: "new-link-asked", answer: await link.newLink() });
    }
  };

  /** The key lives until an answer came, so that an answer lost on the way, even to a reload, can be asked for again. */
  const join = async (decisions: readonly ConsentDecision[]): Promise<void> => {
    if (link === null || code === null) return;
    const kept = unfinished();
    const same = kept !== null && JSON.stringify(kept.decisions) === JSON.stringify(decisions);
    const key = same ? kept.key : randomKey();
    remember(UNFINISHED, JSON.stringify({ link: labelOf(code), key, decisions } satisfies Unfinished));
    const answer = await link.join(decisions, key);
    if (answer.ok || answer.problem.code.startsWith("TOKEN_")) forget(UNFINISHED);
    send({ type: "joined", answer });
  };

  const listen = (participantId: string): void => {
    stream?.close();
    awake ??= keepAwake();
    const calls = callsOf(participantId);
    let wasUp = false;
    stream = openStream({
      open: (lastId, abort) => calls.events(lastId, abort),
      onFrame: (frame) => heard(frame),
      onUp: () => {
        send({ type: "stream", up: true });
        if (wasUp) wire.streamIsBack();
        wasUp = true;
      },
      onDown: () => send({ type: "stream", up: false }),
      onRefused: () => send({ type: "stream-refused" }),
    });
  };

  const heard = (frame: Frame): void => {
    if (frame.event === "signal") wire.arrived(frame.data);
    else if (["state", "admitted", "removed", "ended", "mode"].includes(frame.event)) send({ type: "frame", frame: frame as VisitFrame });
  };

  const stopListening = onComingBack(() => {
    stream?.poke();
    if (state.value.screen === "trouble" || state.value.screen === "early") send({ type: "retry" });
  });

  const stopNoticing = onLosingNetwork(() => stream?.cut());

  send({ type: "start", code });

  return {
    state, send, wire, link,
    seatCalls: callsOf,
    reportDevices: (result: DeviceCheck): void => void link?.deviceCheck(result),
    close: (): void => {
      stream?.close();
      alarm?.();
      awake?.();
      stopListening();
      stopNoticing();
    },
    /** Runs whenever the screen changes to another one. */
    onScreen: (run: (screen: State["screen"]) => void): (() => void) => {
      let last: string | null = null;
      return effect(() => {
        const { screen } = state.value;
        if (screen !== last) run((last = screen) as State["screen"]);
      });
    },
  };
}
export type LinkApp = ReturnType<typeof createLinkApp>;
