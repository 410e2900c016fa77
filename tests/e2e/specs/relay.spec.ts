// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { admit, expect, openBoard, sees, shows, test, walkIn } from "../support/people";
import { freePort, Program, until } from "../support/process";
import { binary, Demo } from "../support/service";

const secret = "a-secret-that-only-this-test-knows";

/** A real coturn on its own port, for the loopback only. */
async function startTurn(folder: string, port: number): Promise<Program> {
  const file = join(folder, "turnserver.conf");
  writeFileSync(
    file,
    [
      "listening-ip=127.0.0.1", "relay-ip=127.0.0.1", `listening-port=${port}`, "realm=clinic.test", "use-auth-secret",
      `static-auth-secret=${secret}`, "allow-loopback-peers", "no-cli", "no-tls", "no-dtls", "fingerprint", "verbose", `pidfile=${join(folder, "turn.pid")}`,
      "log-file=stdout", `userdb=${join(folder, "turndb")}`, "min-port=49152", "max-port=49652", "",
    ].join("\n"),
  );
  const turn = Program.start(process.env["TURNSERVER"] ?? "turnserver", ["-c", file]);
  await until("coturn to listen", () => new Promise<boolean>((told) => {
    const probe = connect(port, "127.0.0.1", () => {
      probe.destroy();
      told(true);
    });
    probe.on("error", () => told(false));
  }));
  return turn;
}

test("media goes through the TURN server alone where nothing else is allowed", async ({ somebody }) => {
  const folder = mkdtempSync(join(tmpdir(), "vcare-turn-"));
  const [turnPort, port] = [await freePort(), await freePort()];
  const turn = await startTurn(folder, turnPort);
  const demo = await Demo.start();
  await demo.stopProgram();
  const config = join(demo.data, "vcare.toml");
  const text = readFileSync(config, "utf8");
  expect(text).not.toContain("turn_secret");
  appendFileSync(config, `\n[video.embedded]\nturn_urls = ["turn:127.0.0.1:${turnPort}?transport=udp"]\nturn_secret = "${secret}"\n`);
  const server = Program.start(binary(), ["serve", "--config", config], { VCARE_SERVER_LISTEN: `127.0.0.1:${port}`, VCARE_SERVER_PUBLIC_URL: `http://127.0.0.1:${port}` });
  try {
    const service = demo.at(`http://127.0.0.1:${port}`);
    await until("the service to be ready", async () => (await fetch(`${service.baseUrl}/health/ready`)).ok);
    const booked = await service.book(1, "patient-relay");
    const [provider, patient] = [await somebody(), await somebody()];
    const token = demo.line.links.provider.slice(demo.line.links.provider.indexOf("#"));
    await openBoard(provider, `${service.baseUrl}/provider?relay=1${token}`);
    const link = new URL(await service.link(booked, "patient"));
    await walkIn(patient, `${service.baseUrl}/v/?relay=1${link.hash}`);

    await admit(provider, await service.participant(booked.id, "patient"));
    await shows(patient, "visit");
    await Promise.all([sees(provider, 1), sees(patient, 1)]);

    expect(turn.output).toMatch(/ALLOCATE processed, success/);
  } finally {
    await server.stop();
    await turn.stop();
    await demo.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
