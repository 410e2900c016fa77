// SPDX-License-Identifier: Apache-2.0
/** The clinic as the provider page knows it: today's visits, who waits, and the live feed that keeps both fresh. */
import { batch, computed, signal } from "@preact/signals";
import { Http, type Problem } from "@/api/http";
import { staffCalls } from "@/api/staff";
import type { Branding, Preparation, Session, WaitingItem } from "@/api/types";
import { onComingBack, onLosingNetwork, type Transport } from "@/platform/fetch";
import { chime } from "@/platform/media";
import { openStream, type Frame, type Stream } from "@/platform/sse";
import { after, every, now, type Cancel } from "@/platform/timers";
import { createAppointments } from "./appointments";
import type { Access } from "./identity";
import { withWhereabouts } from "./whereabouts";

export interface Waiting extends WaitingItem {
  /** When the wait began, by the server's clock. */
  readonly since: number;
}

const SETTLE_MS = 120;
const POLL_MS = 30_000;
const DAY_MS = 86_400_000;
const AROUND_MS = 6 * 3_600_000;
/** Older Encounters that are not in the record are looked for now and then, some pages back and no further. */
const OWED_POLLS = 10;
const OWED_DAYS = 7;
const OWED_PAGES = 5;
const SAME_WAIT_MS = 3_000;
const RENEWED_MS = 10_000;

/** Took place, is over, and its Encounter is not in the record yet. */
export const owesEncounter = (session: Session): boolean =>
  session.actualStart !== undefined && session.encounterId === null && (session.status === "ended" || session.status === "failed");

const startOfToday = (): number => Math.min(new Date(now()).setHours(0, 0, 0, 0), now() - AROUND_MS);

export function createClinic(access: Access, transport?: Transport) {
  const http = new Http(transport);
  const calls = staffCalls(http, () => access.identity.value.token);
  const appointments = createAppointments(calls, access);
  const sessions = signal<readonly Session[] | null>(null);
  const waiting = signal<readonly Waiting[]>([]);
  const preparations = signal<Readonly<Record<string, Preparation>>>({});
  const selectedId = signal<string | null>(null);
  const feed = signal<"connecting" | "up" | "down" | "expired">("connecting");
  const problem = signal<Problem | null>(null);
  const branding = signal<Branding>({});
  const owedBefore = signal<readonly Session[]>([]);
  /** Who came last, to be read out once. */
  const arrival = signal<Waiting | null>(null);
  const visitFrames = new Set<(frame: Frame) => void>();
  /** Visits whose preparation may have changed. */
  const stale = new Set<string>();
  let polls = 0;
  let stream: Stream | null = null;
  let streamFor: string | null = null;
  let settle: Cancel | null = null;
  let isClosed = false;
  let renewedAt = 0;
  const upWaiters = new Set<() => void>();

  const keep = (session: Session): void => {
    const others = (sessions.value ?? []).filter((one) => one.id !== session.id);
    const known = sessions.value?.find((one) => one.id === session.id);
    if (known !== undefined && known.version > session.version) return; // an answer overtaken by a newer one
    sessions.value = [...others, session].sort((a, b) => a.scheduledStart.localeCompare(b.scheduledStart));
  };

  const known = (id: string | null): Session | null =>
    sessions.value?.find((one) => one.id === id) ?? owedBefore.value.find((one) => one.id === id) ?? null;

  const load = async (id: string): Promise<Session | null> => {
    const answer = await calls.session(id);
    if (answer.ok) keep(answer.value);
    return answer.ok ? answer.value : null;
  };

  const loadSessions = async (): Promise<void> => {
    const midnight = new Date(now()).setHours(0, 0, 0, 0);
    const from = new Date(startOfToday()).toISOString();
    const to = new Date(Math.max(midnight + DAY_MS, now() + AROUND_MS)).toISOString();
    const answer = await calls.sessions(from, to);
    problem.value = answer.ok ? null : answer.problem;
    if (!answer.ok) return;
    batch(() => {
      sessions.value ??= [];
      answer.value.items.forEach((one) => keep(withWhereabouts(one, known(one.id))));
    });
    const open = answer.value.items.filter((one) => one.status === "scheduled" || one.status === "waiting");
    for (const { id } of open) if (stale.has(id) || preparations.value[id] === undefined) await loadPreparation(id);
  };

  const loadPreparation = async (id: string): Promise<void> => {
    stale.delete(id);
    const prepared = await calls.preparation(id);
    if (prepared.ok) preparations.value = { ...preparations.value, [id]: prepared.value };
  };

  const loadOwed = async (): Promise<void> => {
    const from = new Date(now() - OWED_DAYS * DAY_MS).toISOString();
    const found: Session[] = [];
    for (const status of ["ended", "failed"] as const) {
      let cursor: string | undefined;
      for (let page = 0; page < OWED_PAGES; page++) {
        const answer = await calls.sessionsOver(status, from, cursor);
        if (!answer.ok) return;
        found.push(...answer.value.items.filter(owesEncounter));
        cursor = answer.value.nextCursor;
        if (cursor === undefined) break;
      }
    }
    owedBefore.value = found;
  };

  const loadWaiting = async (): Promise<void> => {
    const answer = await calls.waitingRoom();
    if (!answer.ok) return;
    const before = new Map(waiting.value.map((one) => [one.participantId, one]));
    // The clock of somebody who was there already goes on: rounding must not make it jump, or people change places.
    const items = answer.value.items.map((one) => {
      const since = now() - one.waitSeconds * 1000;
      const known = before.get(one.participantId)?.since ?? since;
      return { ...one, since: Math.abs(known - since) < SAME_WAIT_MS ? known : since };
    });
    const arrived = items.filter((one) => !before.has(one.participantId));
    waiting.value = items.sort((a, b) => a.since - b.since);
    arrival.value = arrived.at(-1) ?? arrival.value;
    if (arrived.length > 0) void chime();
  };

  const refresh = async (): Promise<void> => {
    const selected = selectedId.value;
    await Promise.all([loadWaiting(), loadSessions(), appointments.load()]);
    if (selected !== null) await load(selected);
  };

  const refreshSoon = (): void => {
    settle ??= after(SETTLE_MS, () => {
      settle = null;
      void refresh();
    });
  };

  const heard = (frame: Frame): void => {
    if (frame.event === "visit") return visitFrames.forEach((run) => run(frame));
    const about = (frame.data as { partitionkey?: unknown } | null)?.partitionkey;
    if (typeof about === "string") stale.add(about);
    refreshSoon();
  };

  const poll = (): void => {
    for (const id of Object.keys(preparations.value)) stale.add(id);
    if (polls++ % OWED_POLLS === 0) void loadOwed();
    void refresh();
  };

  const listen = (participantId: string | null): void => {
    stream?.close();
    streamFor = participantId;
    feed.value = "connecting";
    stream = openStream({
      open: (lastId, abort) => calls.events(participantId, lastId, abort),
      onFrame: heard,
      onUp: () => {
        feed.value = "up";
        upWaiters.forEach((run) => run());
        refreshSoon();
      },
      onDown: () => (feed.value = "down"),
      onRefused: (status) => void (status === 401 ? listenAnew() : (feed.value = "expired")),
      closeAt: () => access.identity.value.expiresAt,
      onExpired: () => void listenAnew(),
    });
  };

  /** The bearer is no good any more: goes on with a fresh one, or not at all. */
  const listenAnew = async (): Promise<void> => {
    feed.value = "down";
    const tooSoon = now() - renewedAt < RENEWED_MS; // one that is refused as well would be for ever
    const renewed = !tooSoon && (await access.renew());
    if (isClosed) return;
    renewedAt = now();
    if (renewed) listen(streamFor);
    else feed.value = "expired";
  };

  const stopPolling = every(POLL_MS, poll);
  const stopComingBack = onComingBack(() => {
    stream?.poke();
    refreshSoon();
  });
  const stopLosing = onLosingNetwork(() => stream?.cut());
  void calls.publicConfig(access.identity.value.tenantId).then((answer) => answer.ok && (branding.value = answer.value.branding));
  listen(null);
  poll();

  return {
    get identity() {
      return access.identity.value;
    },
    http, calls, sessions, waiting, arrival, preparations, selectedId, feed, problem, branding, visitFrames, keep, refreshSoon,
    appointments: appointments.waiting,
    selected: computed(() => known(selectedId.value)),
    today: computed(() => sessions.value?.filter((one) => Date.parse(one.scheduledStart) >= startOfToday()) ?? null),
    /** Visits of the last days that took place and are not in the record, the oldest first. */
    owed: computed(() => {
      const today = new Map((sessions.value ?? []).map((one) => [one.id, one]));
      const older = owedBefore.value.filter((one) => !today.has(one.id));
      return [...older, ...today.values()].filter(owesEncounter).sort((a, b) => (a.actualEnd ?? "").localeCompare(b.actualEnd ?? ""));
    }),

    select(id: string): void {
      if (selectedId.value === id) return;
      selectedId.value = id;
      void load(id);
    },

    /** The newest state of one visit, with what a list does not tell. */
    load,

    /** Has the Encounter of a visit paid to the record now; why not, when that was refused. */
    async retryEncounter(id: string): Promise<Problem | null> {
      const answer = await calls.retryEncounter(id);
      if (answer.ok) keep(answer.value);
      return answer.ok ? null : answer.problem;
    },

    /** One stream a tab: the clinic's feed, and with a seat the frames of its visit too. Resolves once it is up. */
    listenAs(participantId: string | null): Promise<void> {
      if (streamFor === participantId && feed.value === "up") return Promise.resolve();
      return new Promise((up) => {
        const once = (): void => {
          upWaiters.delete(once);
          up();
        };
        upWaiters.add(once);
        if (streamFor !== participantId) listen(participantId);
      });
    },

    close(): void {
      isClosed = true;
      stream?.close();
      settle?.();
      for (const stop of [stopPolling, stopComingBack, stopLosing]) stop();
    },
  };
}
export type Clinic = ReturnType<typeof createClinic>;
