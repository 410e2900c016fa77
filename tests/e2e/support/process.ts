// SPDX-License-Identifier: Apache-2.0
/** Programs that a test starts, waits for and stops again by their own id. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { once } from "node:events";

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

/**
 * A port that nobody holds, below the range the kernel takes outgoing connections from (32768 and up), so that none of
 * them sits on it before the server of the test does. Always even: the next higher one is the test's as well.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const port = 2 * randomInt(5_000, 16_383);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error("no port");
}

export class Program {
  output = "";
  errors = "";
  private constructor(readonly child: ChildProcess) {
    child.stdout?.on("data", (data: Buffer) => (this.output += data.toString()));
    child.stderr?.on("data", (data: Buffer) => (this.errors += data.toString()));
  }

  static start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return new Program(spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } }));
  }

  /** The first whole line on stdout. */
  async firstLine(): Promise<string> {
    while (!this.output.includes("\n")) {
      if (this.child.exitCode !== null) throw new Error(`${this.child.spawnfile} ended with ${this.child.exitCode}: ${this.errors.slice(-2000)}`);
      await Promise.race([once(this.child.stdout ?? this.child, "data"), once(this.child, "exit")]);
    }
    return this.output.slice(0, this.output.indexOf("\n"));
  }

  /** Runs to its end and gives what it wrote. */
  async result(): Promise<string> {
    if (this.child.exitCode === null) await once(this.child, "close");
    if (this.child.exitCode !== 0) throw new Error(`${this.child.spawnargs.join(" ")} ended with ${this.child.exitCode}: ${this.errors.slice(-2000)}`);
    return this.output;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    const forced = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(forced);
  }
}

/** Asks again until it holds; fails with what it last saw. */
export async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}
