// SPDX-License-Identifier: Apache-2.0
/** The mesh: one link to each other person of the visit, what they show, what is said in the chat, how good it is. */
import { batch, computed, effect, signal } from "@preact/signals";
import type { SeatCalls } from "@/api/visit";
import type { Advice, VideoAccess, Visit } from "@/api/types";
import { randomKey } from "@/platform/fetch";
import { every, now, sleep } from "@/platform/timers";
import type { LocalMedia } from "./local-media";
import { instanceAt, type PeerSignal } from "./negotiation";
import { PeerLink, type LinkState } from "./peer-link";
import { readMessage, type PeerMessage } from "./peer-message";
import { createBandwidth, createSpeedProbe } from "./speed";
import { qualityOf, read, sampleOf, type Reading } from "./stats";

export interface Tile {
  readonly id: string;
  readonly stream: MediaStream | null;
  readonly state: LinkState;
  readonly camera: boolean;
  readonly microphone: boolean;
  /** Whether they want to be sent video at all. */
  readonly wantsVideo: boolean;
}

export interface ChatMessage {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

export type Quality = "good" | "fair" | "poor" | "unknown";

const REPORT_MS = 5_000;
const CHAT_MAX_CHARACTERS = 2_000;
const CHAT_MAX_MESSAGES = 500;
const VIDEO_BUDGET_BITS = 1_500_000;

export function createRoom(self: string, calls: SeatCalls, media: LocalMedia, access: VideoAccess) {
  const instance = instanceAt(now(), randomKey().slice(0, 6));
  const links = new Map<string, PeerLink>();
  const delivered = new Map<string, Set<string>>();
  const readings = new Map<string, Reading>();
  let iceServers = access.iceServers;
  let reporting = false;
  const tiles = signal<readonly Tile[]>([]);
  const chat = signal<readonly ChatMessage[]>([]);
  const quality = signal<Quality>("unknown");
  const advice = signal<Advice>("stay");
  /** Sound only, both ways: no camera of ours, and none asked of the others. */
  const audioOnly = signal(false);
  let cameraBefore = true;
  const bandwidth = createBandwidth(createSpeedProbe(calls));

  const change = (id: string, change: Partial<Tile>): void => {
    tiles.value = tiles.value.map((tile) => (tile.id === id ? { ...tile, ...change } : tile));
  };

  const sendSignal = (to: string) => {
    let line: Promise<unknown> = Promise.resolve();
    const post = async (signal: PeerSignal): Promise<void> => {
      for (let attempt = 0; attempt < 3; attempt++) {
        const answer = await calls.signal(to, signal.kind, { ...signal.payload });
        if (answer.ok || answer.problem.status === 404 || answer.problem.status === 403) return;
        await sleep(400 * (attempt + 1));
      }
    };
    // In order, one at a time: candidates must not overtake the offer they belong to.
    return (signal: PeerSignal): Promise<void> => {
      const sent = line.then(() => post(signal));
      line = sent.catch(() => undefined);
      return sent;
    };
  };

  const add = (id: string): PeerLink => {
    tiles.value = [...tiles.value, { id, stream: null, state: "connecting", camera: true, microphone: true, wantsVideo: true }];
    const link = new PeerLink({
      self, instance, peerId: id,
      configuration: () => ({ iceServers, ...relayOnly() }),
      renewConfiguration: async () => {
        const fresh = await calls.video();
        if (fresh.ok) iceServers = fresh.value.iceServers;
      },
      tracks: () => media.tracks.value.filter((track) => track.kind === "audio" || tiles.value.find((tile) => tile.id === id)?.wantsVideo !== false),
      send: sendSignal(id),
      onStream: (stream) => change(id, { stream }),
      onState: (state) => change(id, { state }),
      onChannelOpen: () => {
        tellMedia(id);
        deliver(id);
      },
      onMessage: (text) => heard(id, text),
    });
    links.set(id, link);
    return link;
  };

  const drop = (id: string): void => {
    links.get(id)?.close(false);
    links.delete(id);
    readings.delete(id);
    delivered.delete(id);
    tiles.value = tiles.value.filter((tile) => tile.id !== id);
  };

  const tellMedia = (id: string): void => {
    const { camera, microphone } = media.choice.value;
    const shows = camera && media.camera.value !== null;
    const message: PeerMessage = { type: "media", camera: shows, microphone: microphone && media.microphone.value !== null, wantsVideo: !audioOnly.value };
    links.get(id)?.say(JSON.stringify(message));
  };

  const deliver = (id: string): void => {
    const known = delivered.get(id) ?? new Set<string>();
    delivered.set(id, known);
    for (const message of chat.value) {
      if (message.from !== self || known.has(message.id)) continue;
      if (links.get(id)?.say(JSON.stringify({ type: "chat", id: message.id, text: message.text })) === true) known.add(message.id);
    }
  };

  const append = (message: ChatMessage): void => {
    chat.value = [...chat.value, message].slice(-CHAT_MAX_MESSAGES);
  };

  const heard = (from: string, text: string): void => {
    const message = readMessage(text);
    if (message?.type === "media") {
      const { camera, microphone, wantsVideo } = message;
      change(from, { camera, microphone, wantsVideo });
      void links.get(from)?.syncTracks();
    }
    const isNew = message?.type === "chat" && !chat.value.some((old) => old.id === message.id && old.from === from);
    if (message?.type === "chat" && isNew) append({ id: message.id, from, text: message.text.slice(0, CHAT_MAX_CHARACTERS), at: now() });
  };

  const sendsVideo = (): boolean => media.camera.value !== null && tiles.value.every((tile) => tile.wantsVideo);

  const report = async (): Promise<void> => {
    const pairs: { before: Reading; now: Reading }[] = [];
    for (const [id, link] of links) {
      // What is lost while a link is down is no weak connection: it would cost the picture once the link is back.
      if (tiles.value.find((tile) => tile.id === id)?.state !== "connected") {
        readings.delete(id);
        continue;
      }
      const reading = read([...(await link.stats()).values()] as Iterable<Record<string, unknown>>, performance.now());
      const before = readings.get(id);
      readings.set(id, reading);
      if (before !== undefined) pairs.push({ before, now: reading });
      void link.limitVideo(Math.round(VIDEO_BUDGET_BITS / links.size));
    }
    const sample = sampleOf(pairs);
    if (sample === null) return void (quality.value = "unknown");
    const { rttMs, lossPct } = sample;
    const kbps = await bandwidth.kbps(sample, sendsVideo());
    quality.value = qualityOf({ rttMs, lossPct, kbps });
    const answer = await calls.connection({ rttMs, lossPct, kbps, media: audioOnly.value ? "audio_only" : "video" });
    if (answer.ok) advice.value = answer.value.advice;
  };

  const reportUnlessBusy = (): void => {
    if (reporting) return; // The one before still waits for its answer.
    reporting = true;
    void report().finally(() => (reporting = false));
  };

  const stopReports = every(REPORT_MS, reportUnlessBusy);
  const stopTracks = effect(() => {
    void media.tracks.value;
    void media.choice.value;
    void audioOnly.value;
    for (const [id, link] of links) {
      void link.syncTracks();
      tellMedia(id);
    }
  });

  return {
    self, backend: access.backend, chat, quality, advice, audioOnly,
    tiles: computed(() => tiles.value),

    /** The people who are in: links are made to those who came and dropped from those who went. */
    updatePeers(visit: Visit): void {
      const present = visit.participants.filter((one) => one.id !== self && ["admitted", "active"].includes(one.status)).map((one) => one.id);
      const staying = visit.participants.filter((one) => one.status === "disconnected" && links.has(one.id)).map((one) => one.id);
      batch(() => {
        for (const id of present) if (!links.has(id)) add(id);
        for (const id of [...links.keys()]) if (!present.includes(id) && !staying.includes(id)) drop(id);
      });
    },

    onSignal(data: unknown): void {
      if (typeof data !== "object" || data === null) return;
      const { from, kind, payload } = data as Record<string, unknown>;
      if (typeof from !== "string" || from === self) return;
      // The service relays signals of admitted people only, so one we have not heard of yet is about to be listed.
      (links.get(from) ?? add(from)).signal(kind, payload);
    },

    /** The stream of events is back: signals sent meanwhile are lost, so nothing is taken for granted. */
    nudge(): void {
      for (const link of links.values()) link.nudge();
    },

    /** A camera that was off before stays off when the picture comes back. */
    setAudioOnly(on: boolean): void {
      if (on === audioOnly.value) return;
      if (on) cameraBefore = media.choice.value.camera;
      audioOnly.value = on;
      void media.set("camera", !on && cameraBefore);
    },

    /** One's own camera, by one's own hand: who shows their picture wants pictures. */
    setCamera(on: boolean): void {
      if (on) audioOnly.value = false;
      void media.set("camera", on);
    },

    say(text: string): void {
      const trimmed = text.trim().slice(0, CHAT_MAX_CHARACTERS);
      if (trimmed === "") return;
      append({ id: randomKey(), from: self, text: trimmed, at: now() });
      for (const id of links.keys()) deliver(id);
    },

    close(sayBye: boolean): void {
      stopReports();
      stopTracks();
      for (const link of links.values()) link.close(sayBye);
      links.clear();
      tiles.value = [];
    },
  };
}
export type Room = ReturnType<typeof createRoom>;

/** `?relay=1` sends all media through the TURN server, to find out whether it works from here. */
const relayOnly = (): RTCConfiguration =>
  new URLSearchParams(globalThis.location.search).get("relay") === "1" ? { iceTransportPolicy: "relay" } : {};
