// SPDX-License-Identifier: Apache-2.0
/** Drives one RTCPeerConnection by the negotiation machine, one input at a time. */
import { after, every, type Cancel } from "@/platform/timers";
import { begin, readSignal, step, type Action, type Input, type Negotiation, type PeerSignal } from "./negotiation";

export type LinkState = "connecting" | "connected" | "reconnecting";

export interface PeerLinkOptions {
  readonly self: string;
  readonly instance: string;
  readonly peerId: string;
  readonly configuration: () => RTCConfiguration;
  /** Fetches fresh TURN credentials; the next `configuration()` carries them. */
  readonly renewConfiguration: () => Promise<void>;
  readonly tracks: () => readonly MediaStreamTrack[];
  readonly send: (signal: PeerSignal) => Promise<void>;
  readonly onStream: (stream: MediaStream) => void;
  readonly onState: (state: LinkState) => void;
  readonly onChannelOpen: () => void;
  readonly onMessage: (text: string) => void;
}

const RESEND_MS = 4_000;
const STUCK_MS = 12_000;
const WOBBLE_MS = 3_000;
const ANEW_MS = 1_000;
const CANDIDATE_BATCH_MS = 60;

export class PeerLink {
  private machine: Negotiation;
  private pc: RTCPeerConnection;
  private channel: RTCDataChannel;
  private readonly senders = new Map<string, RTCRtpSender>();
  private stream = new MediaStream();
  private work: Promise<void> = Promise.resolve();
  private wanted = false;
  private early: RTCIceCandidateInit[] = [];
  private found: RTCIceCandidateInit[] = [];
  private flush: Cancel | null = null;
  private wobble: Cancel | null = null;
  private anew: Cancel | null = null;
  private wasConnected = false;
  private closed = false;
  private readonly stopResending: Cancel;
  private readonly stopWatching: Cancel;

  constructor(private readonly options: PeerLinkOptions) {
    this.machine = begin(options.instance, options.self < options.peerId);
    [this.pc, this.channel] = this.build();
    this.stopResending = every(RESEND_MS, () => this.machine.pending !== null && this.input({ type: "unanswered" }));
    this.stopWatching = every(STUCK_MS, () => this.pc.connectionState !== "connected" && this.restart());
  }

  signal(kind: unknown, payload: unknown): void {
    const signal = readSignal(kind, payload);
    if (signal !== null) this.input({ type: "signal", signal });
  }

  say(text: string): boolean {
    if (this.channel.readyState !== "open") return false;
    this.channel.send(text);
    return true;
  }

  stats(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  /** The network came back: what is not connected tries again at once. */
  nudge(): void {
    if (this.machine.pending !== null) this.input({ type: "unanswered" });
    else if (this.pc.connectionState !== "connected") this.restart();
  }

  /** Our tracks changed: a new one is added, a replaced one swapped without asking the other side. */
  async syncTracks(): Promise<void> {
    for (const kind of ["audio", "video"]) {
      const track = this.options.tracks().find((one) => one.kind === kind) ?? null;
      const sender = this.senders.get(kind);
      if (sender !== undefined) await sender.replaceTrack(track);
      else if (track !== null) this.send(track);
    }
  }

  async limitVideo(bitsPerSecond: number): Promise<void> {
    for (const sender of this.pc.getSenders()) {
      const parameters = sender.getParameters();
      const encoding = parameters.encodings[0];
      if (sender.track?.kind !== "video" || encoding === undefined || encoding.maxBitrate === bitsPerSecond) continue;
      encoding.maxBitrate = bitsPerSecond;
      await sender.setParameters(parameters).catch(() => undefined); // A negotiation is under way: the next report asks again.
    }
  }

  close(sayBye: boolean): void {
    if (this.closed) return;
    this.closed = true;
    if (sayBye) void this.options.send({ kind: "bye", payload: { from: this.machine.self } });
    for (const stop of [this.stopResending, this.stopWatching, this.flush, this.wobble, this.anew]) stop?.();
    this.pc.close();
  }

  private build(): [RTCPeerConnection, RTCDataChannel] {
    const pc = new RTCPeerConnection(this.options.configuration());
    pc.onnegotiationneeded = () => {
      this.wanted = true;
      this.input({ type: "needed" });
    };
    pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null && pc === this.pc) this.collect(candidate.toJSON());
    };
    pc.ontrack = ({ track }) => {
      const stream = this.stream;
      stream.getTracks().filter((old) => old.kind === track.kind).forEach((old) => stream.removeTrack(old));
      stream.addTrack(track);
      this.options.onStream(stream);
    };
    pc.onconnectionstatechange = () => pc === this.pc && this.connectionChanged();
    this.senders.clear();
    for (const track of this.options.tracks()) this.send(track, pc);
    const channel = pc.createDataChannel("visit", { negotiated: true, id: 0 });
    channel.onopen = () => this.options.onChannelOpen();
    channel.onmessage = ({ data }) => typeof data === "string" && this.options.onMessage(data);
    return [pc, channel];
  }

  private send(track: MediaStreamTrack, pc = this.pc): void {
    this.senders.set(track.kind, pc.addTrack(track));
  }

  private connectionChanged(): void {
    this.wobble?.();
    this.wobble = null;
    const state = this.pc.connectionState;
    if (state === "connected") {
      this.wasConnected = true;
      this.options.onState("connected");
    } else if (state === "disconnected") {
      // Often passes by itself within a second or two.
      this.wobble = after(WOBBLE_MS, () => {
        this.options.onState("reconnecting");
        this.restart();
      });
    } else {
      this.options.onState(this.wasConnected ? "reconnecting" : "connecting");
      if (state === "failed") this.restart();
    }
  }

  private restart(): void {
    if (this.closed) return;
    void this.options.renewConfiguration().then(() => {
      if (this.closed || this.pc.connectionState === "connected") return;
      this.pc.setConfiguration(this.options.configuration());
      this.pc.restartIce();
    });
  }

  /** The browser refused a description. Not at once: what makes it refuse may still be there. */
  private beginAnew(): void {
    this.anew ??= after(ANEW_MS, () => {
      this.anew = null;
      this.input({ type: "failed" });
    });
  }

  private collect(candidate: RTCIceCandidateInit): void {
    this.found.push(candidate);
    this.flush ??= after(CANDIDATE_BATCH_MS, () => {
      this.flush = null;
      this.input({ type: "found", candidates: this.found.splice(0) });
    });
  }

  private input(input: Input): void {
    this.work = this.work.then(async () => {
      if (this.closed || (input.type === "needed" && !this.wanted)) return;
      await this.take(input).catch(() => this.beginAnew());
    });
  }

  private async take(input: Input): Promise<void> {
    const [machine, actions] = step(this.machine, input);
    this.machine = machine;
    for (const action of actions) {
      if (this.closed) return;
      await this.perform(action);
    }
  }

  private async perform(action: Action): Promise<void> {
    switch (action.do) {
      case "make-offer":
        this.wanted = false;
        await this.pc.setLocalDescription();
        return this.take({ type: "offered", sdp: this.pc.localDescription?.sdp ?? "" });
      case "take-offer":
        await this.pc.setRemoteDescription({ type: "offer", sdp: action.sdp });
        await this.takeEarlyCandidates();
        // What was wanted before is in the answer, or asked for again by the browser: even before it says it is done.
        this.wanted = false;
        await this.pc.setLocalDescription();
        return this.take({ type: "answered", turn: action.turn, sdp: this.pc.localDescription?.sdp ?? "" });
      case "take-answer":
        await this.pc.setRemoteDescription({ type: "answer", sdp: action.sdp });
        return this.takeEarlyCandidates();
      case "take-candidates":
        this.early.push(...action.candidates);
        return this.pc.remoteDescription === null ? undefined : this.takeEarlyCandidates();
      case "send":
        // Not awaited: a slow post must not hold up what the other side says meanwhile.
        void this.options.send(this.withLatestDescription(action.signal));
        return;
      case "reset":
      case "gone":
        return this.rebuild();
    }
  }

  /** A description sent again carries the addresses found since. */
  private withLatestDescription(signal: PeerSignal): PeerSignal {
    const latest = this.pc.localDescription;
    if ((signal.kind === "offer" || signal.kind === "answer") && latest?.type === signal.kind) {
      return { ...signal, payload: { ...signal.payload, sdp: latest.sdp } } as PeerSignal;
    }
    return signal;
  }

  private async takeEarlyCandidates(): Promise<void> {
    for (const candidate of this.early.splice(0)) {
      await this.pc.addIceCandidate(candidate).catch(() => undefined); // It belongs to an offer that we did not take.
    }
  }

  private rebuild(): void {
    this.pc.close();
    this.early = [];
    this.found = [];
    this.wanted = false;
    this.stream = new MediaStream();
    [this.pc, this.channel] = this.build();
    this.options.onState(this.wasConnected ? "reconnecting" : "connecting");
  }
}
