// SPDX-License-Identifier: Apache-2.0
/** One call of the API: typed by the contract, with headers, deadline, problem documents, and the repeats that are safe. */
import type { components, paths } from "@/generated/api";
import { browserTransport, type Transport } from "@/platform/fetch";
import { after, backoffMs, learnServerTime, sleep } from "@/platform/timers";

const BASE = "/api/v1/virtual-care";

/** The contract's problem document. Its `code` is `OFFLINE`, and its status 0, when no answer came. */
export type Problem = Partial<components["schemas"]["Problem"]> & { readonly code: string; readonly status: number };

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "link"; readonly code: string }
  | { readonly kind: "cookie"; readonly participantId: string }
  | { readonly kind: "visit"; readonly credential: string }
  | { readonly kind: "staff"; readonly token: string };

type Method = "get" | "post";
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Content<R> = R extends { content: infer C } ? C[keyof C] : undefined;
type Success<R> = Content<{ [S in keyof R]: S extends 200 | 201 | 202 | 204 ? R[S] : never }[keyof R & (200 | 201 | 202 | 204)]>;
export type ValueOf<P extends keyof paths, M extends Method> = Operation<P, M> extends { responses: infer R } ? Success<R> : never;
type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody?: { content: infer C } } ? (C extends { "application/octet-stream": unknown } ? Uint8Array : C[keyof C]) : undefined;
type QueryOf<P extends keyof paths, M extends Method> = Operation<P, M> extends { parameters: { query?: infer Q } } ? Q : never;
type InPath<P> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | InPath<Rest> : never;

export interface Call<P extends keyof paths, M extends Method> {
  readonly as: Credential;
  readonly in?: Readonly<Record<InPath<P>, string>>;
  readonly query?: QueryOf<P, M>;
  readonly body?: BodyOf<P, M>;
  /** Makes a POST safe to repeat. */
  readonly key?: string;
  readonly deadlineMs?: number;
  /** For a measurement: an answer that took a second try would tell nothing. */
  readonly once?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export function headersOf(as: Credential): Record<string, string> {
  switch (as.kind) {
    case "none":
      return {};
    case "link":
      return { Authorization: `Link ${as.code}` };
    case "cookie":
      return { "X-Vcare-Visit": as.participantId };
    case "visit":
      return { Authorization: `Visit ${as.credential}` };
    case "staff":
      return { Authorization: `Bearer ${as.token}` };
  }
}

const DEADLINE_MS = 15_000;
const TRIES = 4;
const PASSING = [429, 502, 503, 504];

export class Http {
  constructor(private readonly transport: Transport = browserTransport) {}

  get<P extends PathsWith<"get">>(path: P, call: Call<P, "get">): Promise<Answer<ValueOf<P, "get">>> {
    return this.send<ValueOf<P, "get">>("GET", path, call as AnyCall);
  }

  post<P extends PathsWith<"post">>(path: P, call: Call<P, "post">): Promise<Answer<ValueOf<P, "post">>> {
    return this.send<ValueOf<P, "post">>("POST", path, call as AnyCall);
  }

  /** Opens an answer that is read as it comes. */
  open<P extends PathsWith<"get">>(path: P, call: Call<P, "get">, signal: AbortSignal): Promise<Response> {
    const headers = { Accept: "text/event-stream", ...headersOf(call.as), ...call.headers };
    return this.transport(addressOf(path, call as AnyCall), { method: "GET", headers, signal });
  }

  /** Sends the call, again where that is harmless: reads and keyed posts, after no answer, 429 or 503. */
  private async send<T>(method: string, path: string, call: AnyCall): Promise<Answer<T>> {
    const repeatable = call.once !== true && (method === "GET" || call.key !== undefined);
    for (let attempt = 1; ; attempt++) {
      const { answer, retryAfterMs } = await this.once<T>(method, path, call);
      const passing = !answer.ok && (answer.problem.status === 0 || PASSING.includes(answer.problem.status));
      if (!passing || !repeatable || attempt === TRIES) return answer;
      await sleep(Math.min(10_000, retryAfterMs ?? backoffMs(attempt - 1, 400)));
    }
  }

  private async once<T>(method: string, path: string, call: AnyCall): Promise<{ answer: Answer<T>; retryAfterMs: number | null }> {
    const controller = new AbortController();
    const cancel = after(call.deadlineMs ?? DEADLINE_MS, () => controller.abort());
    try {
      const response = await this.transport(addressOf(path, call), requestOf(method, call, controller.signal));
      learnServerTime(response.headers.get("Date"));
      const retryAfter = response.headers.get("Retry-After");
      return { answer: await answerOf<T>(response), retryAfterMs: retryAfter === null ? null : Number(retryAfter) * 1000 };
    } catch {
      return { answer: { ok: false, problem: { code: "OFFLINE", status: 0 } }, retryAfterMs: null };
    } finally {
      cancel();
    }
  }
}

interface AnyCall {
  readonly as: Credential;
  readonly in?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly key?: string;
  readonly deadlineMs?: number;
  readonly once?: boolean;
}

function addressOf(path: string, call: AnyCall): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(call.in?.[name] ?? ""));
  const query = Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined);
  const tail = query.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return BASE + filled + (tail === "" ? "" : `?${tail}`);
}

function requestOf(method: string, call: AnyCall, signal: AbortSignal): RequestInit {
  const bytes = call.body instanceof Uint8Array;
  const type = call.body === undefined ? {} : { "Content-Type": bytes ? "application/octet-stream" : "application/json" };
  const key = call.key === undefined ? {} : { "Idempotency-Key": call.key };
  const body = call.body === undefined ? {} : { body: bytes ? (call.body as BodyInit) : JSON.stringify(call.body) };
  return { method, headers: { Accept: "application/json", ...headersOf(call.as), ...type, ...key }, signal, ...body };
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const json = (response.headers.get("Content-Type") ?? "").includes("json");
  if (response.ok) return { ok: true, value: (json ? await response.json() : await response.arrayBuffer()) as T };
  const problem: unknown = json ? await response.json() : {};
  const fields = typeof problem === "object" && problem !== null ? (problem as Partial<Problem>) : {};
  return { ok: false, problem: { ...fields, code: fields.code ?? "UNKNOWN", status: response.status } };
}
