// SPDX-License-Identifier: Apache-2.0
/** The double as a Transport, with ways to make the network misbehave. */
import type { Transport } from "@/platform/fetch";
import type { FakeClinic } from "./clinic";
import { answer } from "./routes";

export interface Network {
  readonly transport: Transport;
  /** The next call of this kind reaches the service, but its answer does not come back. */
  loseAnswerOf(name: string): void;
  /** While true, nothing reaches the service. */
  down: boolean;
}

export function networkTo(clinic: FakeClinic, cookies = ""): Network {
  const losing: string[] = [];
  let jar = cookies;
  const network: Network = {
    down: false,
    loseAnswerOf: (name) => void losing.push(name),
    transport: async (path, init) => {
      if (network.down) throw new TypeError("network is down");
      const url = new URL(path, "http://clinic.test");
      const headers = new Headers(init.headers);
      headers.set("Cookie", jar);
      const method = init.method ?? "GET";
      const response = await answer(clinic, url, { method, headers, body: typeof init.body === "string" ? init.body : "" });
      const name = `${method} ${url.pathname.replace("/api/v1/virtual-care", "")}`;
      const at = losing.indexOf(name);
      if (at >= 0) {
        losing.splice(at, 1);
        throw new TypeError("the answer was lost");
      }
      jar += response.headers.get("Set-Cookie") ?? "";
      const isStream = response.headers.get("Content-Type") === "text/event-stream" && response.body !== null && init.signal instanceof AbortSignal;
      // As with fetch: who aborts the request closes its stream.
      return isStream ? new Response(response.body.pipeThrough(new TransformStream(), { signal: init.signal as AbortSignal }), response) : response;
    },
  };
  return network;
}
