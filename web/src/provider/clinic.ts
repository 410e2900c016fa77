// SPDX-License-Identifier: Apache-2.0
/** The clinic as the provider page knows it: today's visits, who waits, and the live feed that keeps both fresh. */
import { batch, computed, signal } from "@preact/signals";
import { Http, type Problem } from "@/api/http";
import { staffCalls } from "@/api/staff";
import type { Branding, Preparation, Session, WaitingItem } from "@/api/types";
import { onComingBack, type Transport } from "@/platform/fetch";
import { chime } from "@/platform/media";
import { openStream, type Frame, type Stream } from "@/platform/sse";
import { after, every, now, type Cancel } from "@/platform/timers";
import type { Identity } from "./identity";

export interface Waiting extends WaitingItem {
  /** When the wait began, by the server's clock. */
  readonly since: number;
}

const SETTLE_MS = 120;
const POLL_MS = 30_000;
const DAY_MS = 86_400_000;
const AROUND_MS = 6 * 3_600_000;

export function createClinic(identity: Identity, transport?: Transport) {
  const http = new Http(transport);
  const calls = staffCalls(http, identity.token);
  const sessions = signal<readonly Session[] | null>(null);
  const waiting = signal<readonly Waiting[]>([]);
  const preparations = signal<Readonly<Record<string, Preparation>>>({});
  const selectedId = signal<string | null>(null);
  const feed = signal<"connecting" | "up" | "down" | "expired">("connecting");
  const problem = signal<Problem | null>(null);
  const branding = signal<Branding>({});
  const visitFrames = new Set<(frame: Frame) => void>();
  let stream: Stream | null = null;
  let streamFor: string | null = null;
  let settle: Cancel | null = null;
  const upWaiters = new Set<() => void>();

  const keep = (session: Session): void => {
    const others = (sessions.value ?? []).filter((one) => one.id !== session.id);
    const known = sessions.value?.find((one) => one.id === session.id);
    if (known !== undefined && known.version > session.version) return; // an answer overtaken by a newer one
    sessions.value = [...others, session].sort((a, b) => a.scheduledStart.localeCompare(b.scheduledStart));
  };

  const loadSessions = async (): Promise<void> => {
    const midnight = new Date(now()).setHours(0, 0, 0, 0);
    const from = new Date(Math.min(midnight, now() - AROUND_MS)).toISOString();
    const to = new Date(Math.max(midnight + DAY_MS, now() + AROUND_MS)).toISOString();
    const answer = await calls.sessions(from, to);
    problem.value = answer.ok ? null : answer.problem;
    if (!answer.ok) return;
    batch(() => {
      sessions.value ??= [];
      answer.value.items.forEach(keep);
    });
    const open = answer.value.items.filter((one) => one.status === "scheduled" || one.status === "waiting");
    for (const { id } of open) {
      const prepared = await calls.preparation(id);
      if (prepared.ok) preparations.value = { ...preparations.value, [id]: prepared.value };
    }
  };

  const loadWaiting = async (): Promise<void> => {
    const answer = await calls.waitingRoom();
    if (!answer.ok) return;
    const before = new Set(waiting.value.map((one) => one.participantId));
    const items = answer.value.items.map((one) => ({ ...one, since: now() - one.waitSeconds * 1000 }));
    const arrived = items.some((one) => !before.has(one.participantId));
    waiting.value = items.sort((a, b) => a.since - b.since);
    if (arrived) void chime();
  };

  const refresh = async (): Promise<void> => {
    await Promise.all([loadWaiting(), loadSessions()]);
  };

  const refreshSoon = (): void => {
    settle ??= after(SETTLE_MS, () => {
      settle = null;
      void refresh();
    });
  };

  const listen = (participantId: string | null): void => {
    stream?.close();
    streamFor = participantId;
    feed.value = "connecting";
    stream = openStream({
      open: (lastId, abort) => calls.events(participantId, lastId, abort),
      onFrame: (frame) => (frame.event === "visit" ? visitFrames.forEach((run) => run(frame)) : refreshSoon()),
      onUp: () => {
        feed.value = "up";
        upWaiters.forEach((run) => run());
        refreshSoon();
      },
      onDown: () => (feed.value = "down"),
      onRefused: () => (feed.value = "expired"),
      closeAt: identity.expiresAt,
      onExpired: () => (feed.value = "expired"),
    });
  };

  const stopPolling = every(POLL_MS, () => void refresh());
  const stopComingBack = onComingBack(() => {
    stream?.poke();
    refreshSoon();
  });
  void calls.publicConfig(identity.tenantId).then((answer) => answer.ok && (branding.value = answer.value.branding));
  listen(null);
  refreshSoon();

  return {
    identity, http, calls, sessions, waiting, preparations, selectedId, feed, problem, branding, visitFrames, keep, refreshSoon,
    selected: computed(() => sessions.value?.find((one) => one.id === selectedId.value) ?? null),

    select: (id: string | null): void => void (selectedId.value = id),

    /** The newest state of one visit. */
    async load(id: string): Promise<Session | null> {
      const answer = await calls.session(id);
      if (answer.ok) keep(answer.value);
      return answer.ok ? answer.value : null;
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
      stream?.close();
      settle?.();
      stopPolling();
      stopComingBack();
    },
  };
}
export type Clinic = ReturnType<typeof createClinic>;
