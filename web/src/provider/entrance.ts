// SPDX-License-Identifier: Apache-2.0
/** The way in and out of the staff page: who is signed in, until when, and why somebody is not. */
import { signal } from "@preact/signals";
import { Http } from "@/api/http";
import { entranceCalls } from "@/api/staff";
import { browserAddress, type Address } from "@/platform/address";
import { onComingBack, outsideTransport, type Transport } from "@/platform/fetch";
import { forget, recall, remember } from "@/platform/storage";
import { after, backoffMs, now, sleep, type Cancel } from "@/platform/timers";
import { accessBy, takeIdentity, type Access, type Identity } from "./identity";
import type { Oidc, Refusal, Tokens } from "./oidc";

export type WhyOut = Refusal | "not-allowed" | "expired" | "signed-out";

export type Standing =
  | { readonly kind: "signing-in" }
  /** There is no provider: the page takes a token. */
  | { readonly kind: "token"; readonly expired: boolean }
  | { readonly kind: "out"; readonly why: WhyOut }
  | { readonly kind: "in"; readonly access: Access };

const SIGNED_OUT = "vcare.signed-out";
const MARGIN_MS = 60_000;
const RENEW_TRIES = 6;

export interface Doors {
  readonly address?: Address;
  readonly ours?: Transport;
  readonly outside?: Transport;
}

export function createEntrance({ address = browserAddress, ours, outside = outsideTransport }: Doors = {}) {
  const calls = entranceCalls(new Http(ours));
  const standing = signal<Standing>({ kind: "signing-in" });
  const identity = signal<Identity | null>(null);
  let oidc: Oidc | null = null;
  let tokens: Tokens | null = null;
  let renewal: Promise<boolean> | null = null;
  let due: Cancel | null = null;

  const out = (why: WhyOut): void => {
    due?.();
    standing.value = { kind: "out", why };
  };

  /** What the service makes of a token: pages do not know where an issuer puts its claims. */
  const identify = async (token: string): Promise<Identity | WhyOut> => {
    const answer = await calls.me(token);
    if (answer.ok) {
      const { userId, tenantId, roles, name, expiresAt } = answer.value;
      return { token, userId, tenantId, roles, name: name ?? userId, expiresAt: Date.parse(expiresAt) };
    }
    if (answer.problem.status === 403) return "not-allowed";
    return answer.problem.status === 401 ? "failed" : "away";
  };

  /** One try. A person who turns out to be another one is not let in by the back door. */
  const renewOnce = async (): Promise<"renewed" | "away" | "refused"> => {
    if (oidc === null || tokens === null) return "refused";
    const outcome = await oidc.renew(tokens);
    if (!outcome.ok) return outcome.why === "away" ? "away" : "refused";
    tokens = outcome.tokens;
    const known = await identify(tokens.access);
    if (typeof known === "string") return known === "away" ? "away" : "refused";
    if (known.userId !== identity.value?.userId || known.tenantId !== identity.value.tenantId) return "refused";
    identity.value = known;
    renewInTime(known);
    return "renewed";
  };

  const renewPatiently = async (): Promise<boolean> => {
    for (let attempt = 0; attempt < RENEW_TRIES; attempt++) {
      const result = await renewOnce();
      if (result !== "away") return result === "renewed";
      await sleep(backoffMs(attempt));
    }
    return false;
  };

  /** Whoever asks while one is under way gets that one's answer: a refresh token is good for one use. */
  const renew = (): Promise<boolean> => {
    renewal ??= renewPatiently().finally(() => (renewal = null));
    return renewal;
  };

  /** A minute before the end, of a short life at half of it. */
  const renewInTime = ({ expiresAt }: Identity): void => {
    const left = expiresAt - now();
    due?.();
    due = after(Math.max(0, left - Math.min(MARGIN_MS, left / 2)), () => void renew());
  };

  const letIn = async (): Promise<void> => {
    if (tokens === null) return out("failed");
    const known = await identify(tokens.access);
    if (typeof known === "string") return out(known);
    identity.value = known;
    renewInTime(known);
    standing.value = { kind: "in", access: { identity: identity as Access["identity"], renew } };
  };

  const signIn = async (): Promise<void> => {
    standing.value = { kind: "signing-in" };
    const refused = await oidc?.begin();
    if (refused) out(refused);
  };

  const start = async (): Promise<void> => {
    standing.value = { kind: "signing-in" };
    const place = await calls.signIn();
    if (!place.ok) return out("away");
    const { issuer, clientId, scope } = place.value;
    if (issuer === undefined || clientId === undefined || scope === undefined) return takeToken();
    const { createOidc } = await import("./oidc");
    oidc = createOidc({ issuer, clientId, scope }, address, outside);
    const outcome = await oidc.finish();
    const hasLeft = recall(SIGNED_OUT) !== null;
    forget(SIGNED_OUT);
    if (outcome?.ok) {
      tokens = outcome.tokens;
      return letIn();
    }
    if (outcome !== null) return out(outcome.why);
    return hasLeft ? out("signed-out") : signIn();
  };

  const takeToken = (expired = false): void => {
    const taken = takeIdentity();
    standing.value = taken === null ? { kind: "token", expired } : { kind: "in", access: accessBy(taken) };
  };

  onComingBack(() => {
    const until = identity.value?.expiresAt;
    // Timers sleep with the device.
    if (standing.value.kind === "in" && until !== undefined && until - now() < MARGIN_MS / 2) void renew();
  });

  return {
    standing,
    start,

    /** Tries again what did not work: with the tokens at hand, else at the provider. */
    again(): Promise<void> {
      if (oidc === null) return start();
      return standing.value.kind === "out" && standing.value.why === "away" && tokens !== null ? letIn() : signIn();
    },

    typed: (given: Identity): void => void (standing.value = { kind: "in", access: accessBy(given) }),

    /** The token ran out and could not be renewed. */
    expire(): void {
      tokens = null;
      if (oidc === null) takeToken(true);
      else out("expired");
    },

    async leave(): Promise<void> {
      due?.();
      const had = tokens;
      tokens = null;
      standing.value = { kind: "signing-in" };
      remember(SIGNED_OUT, "yes");
      if (await oidc?.leave(had)) return;
      forget(SIGNED_OUT);
      if (oidc === null) takeToken();
      else out("signed-out");
    },
  };
}
export type Entrance = ReturnType<typeof createEntrance>;
