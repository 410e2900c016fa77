// SPDX-License-Identifier: Apache-2.0
/** Two machines and the browser rules they drive, over a line that loses, repeats and reorders what is said. */
import { describe, expect, it } from "vitest";
import { begin, instanceAt, readSignal, step, type Action, type Input, type Negotiation, type PeerSignal } from "@/video/negotiation";

type Signalling = "stable" | "have-local-offer" | "have-remote-offer";

/** As much of an RTCPeerConnection as matters: which descriptions it takes in which state. */
class Side {
  machine: Negotiation;
  signalling: Signalling = "stable";
  /** Which offer both sides have agreed on. */
  agreed: string | null = null;
  /** Whether the first description of this connection was an offer of ours. */
  private offeredFirst: boolean | null = null;
  resets = 0;
  private offers = 0;

  constructor(readonly name: string, polite: boolean, readonly instance: string, private readonly send: (signal: PeerSignal) => void) {
    this.machine = begin(instance, polite);
  }

  input(input: Input): void {
    const [machine, actions] = step(this.machine, input);
    this.machine = machine;
    for (const action of actions) this.perform(action);
  }

  private perform(action: Action): void {
    switch (action.do) {
      case "make-offer":
        expect(this.signalling).toBe("stable");
        this.offeredFirst ??= true;
        this.signalling = "have-local-offer";
        return this.input({ type: "offered", sdp: `${this.name}${this.instance.slice(8, 9)}#${++this.offers}` });
      case "take-offer":
        // Only a connection that was agreed on before can roll its own offer back, and not if it began with an answer.
        if (this.signalling === "have-local-offer") expect([this.agreed !== null, this.offeredFirst]).toEqual([true, true]);
        this.offeredFirst ??= false;
        this.signalling = "stable";
        this.agreed = action.sdp;
        return this.input({ type: "answered", turn: action.turn, sdp: `answer to ${action.sdp}` });
      case "take-answer":
        expect(this.signalling).toBe("have-local-offer");
        this.signalling = "stable";
        this.agreed = action.sdp.replace("answer to ", "");
        return;
      case "send":
        return this.send(action.signal);
      case "reset":
      case "gone":
        this.resets++;
        this.signalling = "stable";
        this.agreed = null;
        this.offeredFirst = null;
        return;
      case "take-candidates":
        return;
    }
  }
}

/** Random numbers that come again with the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Line {
  readonly waiting: { to: "left" | "right"; signal: PeerSignal }[] = [];
  left: Side;
  right: Side;
  private reloads = 0;

  constructor(private readonly chance: () => number, public trouble: number) {
    this.left = this.side("left");
    this.right = this.side("right");
  }

  private side(name: "left" | "right"): Side {
    const to = name === "left" ? "right" : "left";
    return new Side(name, name === "left", instanceAt(this.reloads++, name), (signal) => {
      if (this.chance() < this.trouble) return;
      this.waiting.push({ to, signal });
      if (this.chance() < this.trouble) this.waiting.push({ to, signal });
    });
  }

  reload(name: "left" | "right"): void {
    if (name === "left") this.left = this.side(name);
    else this.right = this.side(name);
    this[name].input({ type: "needed" });
  }

  /** Delivers one message, mostly in order. */
  deliver(): void {
    const at = this.chance() < this.trouble ? Math.floor(this.chance() * this.waiting.length) : 0;
    const [next] = this.waiting.splice(at, 1);
    if (next !== undefined) this[next.to].input({ type: "signal", signal: next.signal });
  }

  drain(): void {
    for (let round = 0; round < 200 && this.waiting.length > 0; round++) this.deliver();
  }

  /** Media flows only between two connections that hold each other's descriptions. */
  get connected(): boolean {
    const { left, right } = this;
    return left.agreed !== null && left.agreed === right.agreed && left.machine.peer === right.machine.self && right.machine.peer === left.machine.self;
  }

  get settled(): boolean {
    return this.left.machine.pending === null && this.right.machine.pending === null;
  }
}

describe("two pages that negotiate", () => {
  it("agree at once when only one of them offers", () => {
    const line = new Line(() => 0.5, 0);
    line.left.input({ type: "needed" });
    line.drain();
    expect(line.left.agreed).toBe("left0#1");
    expect(line.right.agreed).toBe("left0#1");
  });

  it("keep the impolite side's offer when both offer at once", () => {
    const line = new Line(() => 0.5, 0);
    line.left.input({ type: "needed" });
    line.right.input({ type: "needed" });
    line.drain();
    expect(line.left.agreed).toBe("right1#1");
    expect(line.right.agreed).toBe("right1#1");
  });

  it("keep the offer of who answered first when both offer again at once", () => {
    for (const first of ["left", "right"] as const) {
      const line = new Line(() => 0.5, 0);
      line[first].input({ type: "needed" });
      line.drain();
      line.left.input({ type: "needed" });
      line.right.input({ type: "needed" });
      line.drain();
      const kept = first === "left" ? "right1#1" : "left0#1";
      expect([line.left.agreed, line.right.agreed, line.settled]).toEqual([kept, kept, true]);
    }
  });

  it("agree although the first offer was sent to a page that was not there yet", () => {
    const line = new Line(() => 0.5, 0);
    line.right.input({ type: "needed" });
    line.waiting.length = 0;
    line.left.input({ type: "needed" });
    line.drain();
    expect(line.settled).toBe(true);
    expect(line.left.agreed).toBe(line.right.agreed);
  });

  it("begin anew when one of them was loaded again", () => {
    const line = new Line(() => 0.5, 0);
    line.left.input({ type: "needed" });
    line.drain();
    line.reload("left");
    line.drain();
    expect(line.right.resets).toBe(1);
    expect(line.left.agreed).toBe(line.right.agreed);
    expect(line.left.agreed).not.toBeNull();
  });

  it("ignore what still arrives from a page that is gone", () => {
    const line = new Line(() => 0.5, 0);
    line.left.input({ type: "needed" });
    const late = line.waiting[0];
    line.drain();
    line.reload("left");
    line.drain();
    const before = line.right.agreed;
    if (late !== undefined) line.right.input({ type: "signal", signal: late.signal });
    line.drain();
    expect(line.right.agreed).toBe(before);
  });

  it("do not take an answer twice", () => {
    const line = new Line(() => 0.5, 0);
    line.left.input({ type: "needed" });
    line.deliver();
    const answer = line.waiting[0];
    line.drain();
    if (answer !== undefined) line.left.input({ type: "signal", signal: answer.signal });
    expect(line.left.signalling).toBe("stable");
  });

  it("agree in the end, whatever is lost, repeated, reordered or reloaded on the way", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const chance = random(seed);
      const line = new Line(chance, 0.25);
      line.left.input({ type: "needed" });
      line.right.input({ type: "needed" });
      for (let round = 0; round < 60; round++) {
        const roll = chance();
        if (roll < 0.04) line.reload(chance() < 0.5 ? "left" : "right");
        else if (roll < 0.1) line[chance() < 0.5 ? "left" : "right"].input({ type: "needed" });
        else if (roll < 0.3) line[chance() < 0.5 ? "left" : "right"].input({ type: "unanswered" });
        else line.deliver();
      }
      // The trouble is over: what is unanswered is sent again, as the timer does.
      line.trouble = 0;
      for (let round = 0; round < 40; round++) {
        line.drain();
        // The driver's two timers: an offer without an answer, and media that does not come.
        for (const side of [line.left, line.right]) {
          side.input({ type: "unanswered" });
          if (line.settled && !line.connected) side.input({ type: "needed" });
        }
      }
      line.drain();
      expect([seed, line.settled, line.connected]).toEqual([seed, true, true]);
    }
  });
});

describe("a signal from outside", () => {
  it.each([
    ["offer", null],
    ["offer", { from: 1, to: null, turn: 1, sdp: "x" }],
    ["offer", { from: "a", to: null, sdp: "x" }],
    ["answer", { from: "a", to: 4, turn: 1, sdp: "x" }],
    ["candidate", { from: "a", to: null, candidates: "x" }],
    ["shout", { from: "a" }],
  ])("of kind %s is ignored when it is not shaped like one: %j", (kind, payload) => {
    expect(readSignal(kind, payload)).toBeNull();
  });

  it("is read when it is", () => {
    expect(readSignal("bye", { from: "a", more: 1 })).toEqual({ kind: "bye", payload: { from: "a" } });
  });
});
