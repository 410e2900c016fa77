// SPDX-License-Identifier: Apache-2.0
/** The provider's own seat, and the commands that need a visit to act on. */
import { signal } from "@preact/signals";
import type { Answer, Problem } from "@/api/http";
import { seatCalls, type SeatCalls } from "@/api/visit";
import type { Mode, Session, Visit } from "@/api/types";
import { keepAwake } from "@/platform/media";
import { createSignalWire } from "@/platform/signal-wire";
import type { Frame } from "@/platform/sse";
import { forget, recall, remember } from "@/platform/storage";
import { sleep, type Cancel } from "@/platform/timers";
import type { Clinic } from "./clinic";

export interface OwnSeat {
  readonly sessionId: string;
  readonly participantId: string;
  readonly calls: SeatCalls;
  readonly visit: Visit;
}

/** The provider's seats of this visit are other people's. */
const noOwnSeat = { ok: false, problem: { code: "NO_OWN_SEAT", status: 403 } } as const;

const INSIDE = "vcare.inside";
const VERSION_TRIES = 4;
const STREAM_MS = 5_000;

export function createSeat(clinic: Clinic) {
  const seat = signal<OwnSeat | null>(null);
  /** The commands that were asked for and are not done. */
  const busy = signal<ReadonlySet<string>>(new Set());
  const problem = signal<Problem | null>(null);
  const wire = createSignalWire();
  let awake: Cancel | null = null;
  let line: Promise<unknown> = Promise.resolve();

  const getUp = (): void => {
    seat.value = null;
    awake?.();
    awake = null;
    forget(INSIDE);
    void clinic.listenAs(null);
  };

  const heard = (frame: Frame): void => {
    const { participantId, event, data } = frame.data as { participantId: string; event: string; data: unknown };
    const mine = seat.value;
    if (mine === null || participantId !== mine.participantId) return;
    if (event === "signal") wire.arrived(data);
    else if (event === "state") seat.value = { ...mine, visit: data as Visit };
    else if (event === "mode") seat.value = { ...mine, visit: { ...mine.visit, session: { ...mine.visit.session, mode: (data as { mode: Mode }).mode } } };
    else if (event === "ended" || (event === "removed" && (data as { participantId: string }).participantId === mine.participantId)) getUp();
    clinic.refreshSoon();
  };
  clinic.visitFrames.add(heard);
  let wasUp = false;
  clinic.feed.subscribe((state) => {
    if (state === "up" && wasUp) wire.streamIsBack();
    wasUp ||= state === "up";
  });

  /**
   * Runs one command after another, so that each finds what the one before has left, shows that they work, and says
   * what went wrong. Nothing that somebody asked for is dropped but the same again while it is not done.
   */
  const run = async <T>(name: string, command: () => Promise<Answer<T> | null>): Promise<Answer<T> | null> => {
    if (busy.value.has(name)) return null;
    busy.value = new Set([...busy.value, name]);
    problem.value = null;
    const turn = line.then(command);
    line = turn.catch(() => undefined);
    try {
      const answer = await turn;
      if (answer !== null && !answer.ok) problem.value = answer.problem;
      return answer;
    } finally {
      busy.value = new Set([...busy.value].filter((one) => one !== name));
      clinic.refreshSoon();
    }
  };

  /** Sends a command that needs the version; one that has moved on is read again. */
  const versioned = async (sessionId: string, send: (version: number) => Promise<Answer<Session>>): Promise<Answer<Session>> => {
    let version = (await clinic.load(sessionId))?.version ?? 1;
    for (let attempt = 1; ; attempt++) {
      const answer = await send(version);
      if (answer.ok) clinic.keep(answer.value);
      if (answer.ok || answer.problem.code !== "OPTIMISTIC_LOCK_CONFLICT" || attempt === VERSION_TRIES) return answer;
      version = answer.problem.currentVersion ?? (await clinic.load(sessionId))?.version ?? version;
    }
  };

  const takeSeat = async (sessionId: string): Promise<Answer<unknown>> => {
    if (seat.value?.sessionId === sessionId) return { ok: true, value: null };
    const session = await clinic.load(sessionId);
    const providers = session?.participants.filter((one) => one.role === "provider" && one.status !== "removed") ?? [];
    const own = providers.find((one) => one.userId === clinic.identity.userId) ?? providers.find((one) => one.userId === undefined);
    if (own === undefined) return noOwnSeat;
    const joined = await clinic.calls.join(sessionId, own.id);
    if (!joined.ok) return joined;
    remember(INSIDE, sessionId);
    const calls = seatCalls(clinic.http, { kind: "visit", credential: joined.value.credential });
    seat.value = { sessionId, participantId: own.id, calls, visit: joined.value.visit };
    awake ??= keepAwake();
    clinic.select(sessionId);
    // Presence is the open stream. Where that takes long, the join call itself counts for a while.
    await Promise.race([clinic.listenAs(own.id), sleep(STREAM_MS)]);
    return joined;
  };

  return {
    seat, busy, problem, wire,

    join: (sessionId: string) => run(`join:${sessionId}`, () => takeSeat(sessionId)),

    /**
     * Lets somebody in, alone or with those linked to them. Who has a provider's seat in the visit takes it first; who
     * has none, as at the front desk, may let people in all the same while a provider is there: the service knows.
     */
    admit: (sessionId: string, participantId: string, withLinked = false) =>
      run(withLinked ? `admit-linked:${participantId}` : `admit:${participantId}`, async (): Promise<Answer<unknown>> => {
        const seated = await takeSeat(sessionId);
        if (!seated.ok && seated.problem.status !== 403) return seated;
        return versioned(sessionId, (version) => clinic.calls.admit(sessionId, participantId, version, withLinked));
      }),

    remove: (sessionId: string, participantId: string, reason: string) =>
      run(`remove:${participantId}`, async () => {
        const answer = await clinic.calls.remove(sessionId, participantId, reason);
        if (answer.ok) clinic.keep(answer.value);
        return answer;
      }),

    end: (sessionId: string) =>
      run("end", async () => {
        const answer = await versioned(sessionId, (version) => clinic.calls.end(sessionId, version));
        if (answer.ok && seat.value?.sessionId === sessionId) getUp();
        return answer;
      }),

    fallback: (sessionId: string, mode: Mode, reason: string) =>
      run(`fallback:${mode}`, async () => {
        const answer = await clinic.calls.fallback(sessionId, mode, reason);
        if (answer.ok) clinic.keep(answer.value);
        return answer;
      }),

    /** A link for somebody who is to come: an interpreter gets a seat first where the visit has none. */
    invite: (sessionId: string, participantId: string | null) =>
      run(participantId === null ? "invite" : `invite:${participantId}`, async () => {
        if (participantId !== null) return clinic.calls.joinLink(sessionId, participantId);
        const patient = clinic.sessions.value?.find((one) => one.id === sessionId)?.participants.find((one) => one.role === "patient");
        const added = await clinic.calls.addParticipant(sessionId, "interpreter", patient?.id);
        return added.ok ? clinic.calls.joinLink(sessionId, added.value.id) : added;
      }),

    getUp,
    forgive: (): void => void (problem.value = null),

    /** Back to where the provider was before the page was loaded again, if that visit is still there. */
    async resume(): Promise<void> {
      const before = recall(INSIDE);
      if (before === null) return;
      const answer = await run(`join:${before}`, () => takeSeat(before));
      if (answer?.ok !== false || answer.problem.status === 0 || answer.problem.status >= 500) return;
      forget(INSIDE);
      problem.value = null; // Nobody asked for this just now: the visit itself says what became of it.
    },
  };
}
export type Seat = ReturnType<typeof createSeat>;
