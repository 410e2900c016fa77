// SPDX-License-Identifier: Apache-2.0
/** Puts the double behind Vite's development server, and prints a link for each role. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { FakeClinic } from "./clinic";
import { claims, tokenOf } from "./people";
import { answer } from "./routes";

const token = tokenOf(claims);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

async function send(response: Response, to: ServerResponse): Promise<void> {
  to.writeHead(response.status, Object.fromEntries(response.headers));
  to.flushHeaders();
  const reader = response.body?.getReader();
  if (reader === undefined) return void to.end();
  to.on("close", () => void reader.cancel().catch(() => undefined));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return void to.end();
    to.write(value);
  }
}

export const fakeClinic = (): Plugin => ({
  name: "fake-clinic",
  configureServer(server) {
    let clinic = new FakeClinic();
    server.middlewares.use((request, response, next) => {
      const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
      if (url.pathname === "/fake/reset") {
        clinic = new FakeClinic();
        return void response.end("reset");
      }
      if (url.pathname === "/provider") request.url = "/provider/index.html";
      if (!url.pathname.startsWith("/api/")) return next();
      const headers = new Headers(request.headers as Record<string, string>);
      void bodyOf(request).then(async (body) => send(await answer(clinic, url, { method: request.method ?? "GET", headers, body }), response));
    });
    server.httpServer?.once("listening", () => {
      const at = server.resolvedUrls?.local[0] ?? "http://localhost:5173/";
      server.config.logger.info(`  patient      ${at}v/#patient\n  interpreter  ${at}v/#interpreter\n  provider     ${at}provider#token=${token}`);
    });
  },
});
