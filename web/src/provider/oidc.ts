// SPDX-License-Identifier: Apache-2.0
/** Signing in with an OpenID provider: authorization code with PKCE. Tokens are handed over and kept nowhere here. */
import * as oauth from "oauth4webapi";
import type { Address } from "@/platform/address";
import type { Transport } from "@/platform/fetch";
import { forget, recallJson, remember } from "@/platform/storage";
import { after } from "@/platform/timers";

export interface Place {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string | null;
  readonly id: string | null;
}

/** `cancelled`: the person or the provider said no; `away`: nobody answered; `failed`: an answer that cannot be taken. */
export type Refusal = "cancelled" | "away" | "failed";
export type Outcome = { readonly ok: true; readonly tokens: Tokens } | { readonly ok: false; readonly why: Refusal };

/** What one sign-in has to remember while the person is at the provider. */
interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly back: string;
}

const DEADLINE_MS = 15_000;
const PENDING = "vcare.signing-in";
const isPending = (value: unknown): value is Pending =>
  typeof value === "object" && value !== null && ["state", "nonce", "verifier", "back"].every((key) => typeof (value as Record<string, unknown>)[key] === "string");

function refusalOf(problem: unknown): Refusal {
  if (problem instanceof oauth.AuthorizationResponseError) return problem.error === "access_denied" ? "cancelled" : "failed";
  if (problem instanceof oauth.ResponseBodyError) return problem.status >= 500 ? "away" : "failed";
  if (problem instanceof oauth.OperationProcessingError) {
    const answer: unknown = problem.cause;
    return answer instanceof Response && answer.status >= 500 ? "away" : "failed";
  }
  return "away"; // fetch itself: no network, no such host
}

export function createOidc(place: Place, address: Address, transport: Transport) {
  const issuer = new URL(place.issuer);
  const client: oauth.Client = { client_id: place.clientId };
  const ask = async (url: string, { body, method, headers, redirect }: oauth.CustomFetchOptions<string, URLSearchParams | undefined>): Promise<Response> => {
    const controller = new AbortController();
    const cancel = after(DEADLINE_MS, () => controller.abort());
    try {
      return await transport(url, { method, headers, redirect, signal: controller.signal, ...(body === undefined ? {} : { body }) });
    } finally {
      cancel();
    }
  };
  const options = {
    [oauth.customFetch]: ask,
    // Such an issuer is configured on this machine only, for development.
    [oauth.allowInsecureRequests]: issuer.protocol === "http:",
  };
  const home = (): string => new URL("/provider", address.href()).href;
  let known: Promise<oauth.AuthorizationServer> | null = null;

  const provider = (): Promise<oauth.AuthorizationServer> => {
    known ??= oauth.discoveryRequest(issuer, options).then((answer) => oauth.processDiscoveryResponse(issuer, answer));
    return known.catch((problem: unknown) => {
      known = null;
      throw problem;
    });
  };

  const tokensOf = (answer: oauth.TokenEndpointResponse, before: Tokens | null): Outcome => ({
    ok: true,
    tokens: { access: answer.access_token, refresh: answer.refresh_token ?? before?.refresh ?? null, id: answer.id_token ?? before?.id ?? null },
  });

  return {
    /** Leaves for the provider; the page comes back to where it is now. */
    async begin(): Promise<Refusal | null> {
      try {
        const server = await provider();
        if (server.authorization_endpoint === undefined) return "failed";
        const here = new URL(address.href());
        // A link with a token is a demo's, and is no place to come back to.
        const hash = here.hash.startsWith("#token=") ? "" : here.hash;
        const pending: Pending = {
          state: oauth.generateRandomState(),
          nonce: oauth.generateRandomNonce(),
          verifier: oauth.generateRandomCodeVerifier(),
          back: here.pathname + here.search + hash,
        };
        const url = new URL(server.authorization_endpoint);
        const asked = {
          response_type: "code", client_id: place.clientId, redirect_uri: home(), scope: place.scope, state: pending.state, nonce: pending.nonce,
          code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier), code_challenge_method: "S256",
        };
        for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
        remember(PENDING, JSON.stringify(pending));
        address.leaveFor(url.href);
        return null;
      } catch (problem) {
        return refusalOf(problem);
      }
    },

    /** What the provider sent along when the person came back; null when they come from anywhere else. */
    async finish(): Promise<Outcome | null> {
      const here = new URL(address.href());
      const isAnswer = here.searchParams.has("code") || here.searchParams.has("error");
      if (!isAnswer) return null;
      const pending = recallJson(PENDING, isPending);
      forget(PENDING);
      address.tidy(pending?.back ?? here.pathname);
      if (pending === null) return { ok: false, why: "failed" };
      try {
        const server = await provider();
        const given = oauth.validateAuthResponse(server, client, here, pending.state);
        const answer = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), given, home(), pending.verifier, options);
        const expected = { expectedNonce: pending.nonce, requireIdToken: true };
        return tokensOf(await oauth.processAuthorizationCodeResponse(server, client, answer, expected), null);
      } catch (problem) {
        return { ok: false, why: refusalOf(problem) };
      }
    },

    async renew(tokens: Tokens): Promise<Outcome> {
      if (tokens.refresh === null) return { ok: false, why: "failed" };
      try {
        const server = await provider();
        const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh, options);
        return tokensOf(await oauth.processRefreshTokenResponse(server, client, answer), tokens);
      } catch (problem) {
        return { ok: false, why: refusalOf(problem) };
      }
    },

    /** Ends the provider's session too, and comes back. False when it has no way to do so. */
    async leave(tokens: Tokens | null): Promise<boolean> {
      const end = await provider().then((server) => server.end_session_endpoint).catch(() => undefined);
      if (end === undefined) return false;
      const url = new URL(end);
      url.searchParams.set("client_id", place.clientId);
      url.searchParams.set("post_logout_redirect_uri", home());
      if (tokens?.id) url.searchParams.set("id_token_hint", tokens.id);
      address.leaveFor(url.href);
      return true;
    },
  };
}
export type Oidc = ReturnType<typeof createOidc>;
