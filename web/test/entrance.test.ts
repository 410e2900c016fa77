// SPDX-License-Identifier: Apache-2.0
// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEntrance, type Entrance } from "@/provider/entrance";
import type { Address } from "@/platform/address";
import { forget, recall } from "@/platform/storage";

const ISSUER = "https://id.example/realms/clinic";
const ROOT = "https://visits.example";
const deepLink = "/provider?lang=en#visit=vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV";

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const json = (body: object, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

/** Both sides of a sign-in: the address bar, the provider and the service. */
class World implements Address {
  at = ROOT + deepLink;
  left: URL | null = null;
  user = "dr-north";
  lifeMs = 300_000;
  tokensGiven = 0;
  grants: URLSearchParams[] = [];
  provider: "up" | "away" | "refusing" = "up";
  service: (token: string) => Response = (token) =>
    json({ userId: this.user, tenantId: "north", roles: ["clinician"], name: "Dr. North", expiresAt: new Date(Date.now() + this.lifeMs).toISOString(), token });
  place: object = { issuer: ISSUER, clientId: "vcare-pages", scope: "openid" };
  nonce: string | null = null;

  href = (): string => this.at;
  tidy = (path: string): void => void (this.at = new URL(path, ROOT).href);
  leaveFor = (url: string): void => void (this.left = new URL(url));

  ours = async (path: string, init: RequestInit): Promise<Response> =>
    path.endsWith("/config/sign-in") ? json(this.place) : this.service(new Headers(init.headers).get("Authorization") ?? "");

  outside = async (url: string, init: RequestInit): Promise<Response> => {
    if (this.provider === "away") throw new TypeError("no network");
    if (url.endsWith("/.well-known/openid-configuration"))
      return json({
        issuer: ISSUER, authorization_endpoint: `${ISSUER}/auth`, token_endpoint: `${ISSUER}/token`, end_session_endpoint: `${ISSUER}/end`,
        authorization_response_iss_parameter_supported: true,
      });
    this.grants.push(new URLSearchParams(init.body as URLSearchParams));
    if (this.provider === "refusing") return json({ error: "invalid_grant" }, 400);
    const number = ++this.tokensGiven;
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: ISSUER, aud: "vcare-pages", sub: this.user, iat: seconds, exp: seconds + 300, ...(this.nonce === null ? {} : { nonce: this.nonce }) };
    this.nonce = null;
    return json({
      access_token: `access-${number}`, refresh_token: `refresh-${number}`, token_type: "Bearer", expires_in: 300,
      id_token: `${base64url({ alg: "RS256" })}.${base64url(claims)}.c2lnbmF0dXJl`,
    });
  };

  /** The provider sends the person back, with what the page asked for or with something else. */
  comeBack(with_: Record<string, string> = {}): void {
    const asked = this.left?.searchParams;
    this.nonce = with_["nonce"] ?? asked?.get("nonce") ?? null;
    const answer = new URLSearchParams({ code: "the-code", state: asked?.get("state") ?? "", iss: ISSUER, ...with_ });
    answer.delete("nonce");
    this.at = `${ROOT}/provider?${answer.toString()}`;
    this.left = null;
  }
}

describe("the entrance of the staff page", () => {
  let world: World;
  let entrance: Entrance;
  const reload = (): void => void (entrance = createEntrance({ address: world, ours: world.ours, outside: world.outside }));
  const signIn = async (): Promise<void> => {
    await entrance.start();
    world.comeBack();
    reload();
    await entrance.start();
  };
  const identity = () => (entrance.standing.value.kind === "in" ? entrance.standing.value.access.identity.value : null);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("document", { addEventListener: () => undefined });
    vi.stubGlobal("location", { hash: "", pathname: "/provider", search: "" });
    for (const key of ["vcare.staff", "vcare.signing-in", "vcare.signed-out"]) forget(key);
    world = new World();
    reload();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("asks for a code with a challenge, a state and a nonce, and for nothing in the clear", async () => {
    await entrance.start();

    const asked = Object.fromEntries(world.left?.searchParams ?? []);
    expect(world.left?.href.startsWith(`${ISSUER}/auth?`)).toBe(true);
    expect(asked).toMatchObject({ response_type: "code", client_id: "vcare-pages", redirect_uri: `${ROOT}/provider`, scope: "openid", code_challenge_method: "S256" });
    expect(asked["state"]).not.toBe(asked["nonce"]);
    expect(JSON.stringify(asked)).not.toContain(JSON.parse(recall("vcare.signing-in") ?? "{}").verifier);
  });

  it("lets in who comes back, where they were, and keeps no token", async () => {
    await signIn();

    expect(identity()).toMatchObject({ userId: "dr-north", tenantId: "north", token: "access-1" });
    expect(world.at).toBe(ROOT + deepLink);
    expect(world.grants[0]?.get("code_verifier")).toHaveLength(43);
    for (const key of ["vcare.staff", "vcare.signing-in"]) expect(recall(key)).toBeNull();
  });

  it("takes no token out of the address where there is a provider, and does not come back to one", async () => {
    world.at = `${ROOT}/provider#token=ey.ey.x`;
    await signIn();

    expect(identity()?.token).toBe("access-1");
    expect(world.at).toBe(`${ROOT}/provider`);
  });

  it.each([
    ["another state", { state: "other" }, "failed"],
    ["another nonce", { nonce: "other" }, "failed"],
    ["another issuer", { iss: "https://evil.example" }, "failed"],
    ["no to the person", { error: "access_denied" }, "cancelled"],
    ["a fault of its own", { error: "server_error" }, "failed"],
  ])("lets nobody in when the provider says %s", async (_, answer, why) => {
    await entrance.start();
    world.comeBack(answer as Record<string, string>);
    reload();
    await entrance.start();

    expect(entrance.standing.value).toEqual({ kind: "out", why });
    expect(world.left, "no round without end").toBeNull();
    expect(world.at).not.toMatch(/code|error|state/);
  });

  it("takes no answer that it did not ask for", async () => {
    world.comeBack();
    await entrance.start();

    expect(entrance.standing.value).toEqual({ kind: "out", why: "failed" });
    expect(world.grants).toEqual([]);
  });

  it("says so when the provider is away, and goes on when it is back", async () => {
    world.provider = "away";
    await entrance.start();
    expect(entrance.standing.value).toEqual({ kind: "out", why: "away" });

    world.provider = "up";
    await entrance.again();
    expect(world.left).not.toBeNull();
  });

  it("tells who has no role that it is the role which is missing", async () => {
    world.service = () => json({ code: "ACCESS_DENIED" }, 403);
    await signIn();

    expect(entrance.standing.value).toEqual({ kind: "out", why: "not-allowed" });
  });

  it("renews the token a minute before it ends, with each refresh token once", async () => {
    await signIn();
    await vi.advanceTimersByTimeAsync(239_000);
    expect(identity()?.token).toBe("access-1");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(identity()?.token).toBe("access-2");
    await vi.advanceTimersByTimeAsync(240_000);

    expect(identity()?.token).toBe("access-3");
    expect(world.grants.slice(1).map((grant) => grant.get("refresh_token"))).toEqual(["refresh-1", "refresh-2"]);
  });

  it("renews a token of a short life at half of it", async () => {
    world.lifeMs = 20_000;
    await signIn();
    await vi.advanceTimersByTimeAsync(10_500);

    expect(identity()?.token).toBe("access-2");
  });

  it("asks once for all who need a fresh token at the same time, and waits for a provider that comes back", async () => {
    await signIn();
    const standing = entrance.standing.value;
    if (standing.kind !== "in") throw new Error("somebody is in");
    world.provider = "away";
    const renewed = Promise.all([standing.access.renew(), standing.access.renew()]);
    await vi.advanceTimersByTimeAsync(300);
    world.provider = "up";
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await renewed).toEqual([true, true]);
    expect(world.tokensGiven).toBe(2);
  });

  it("renews nothing for somebody else or against the provider's will", async () => {
    await signIn();
    const standing = entrance.standing.value;
    if (standing.kind !== "in") throw new Error("somebody is in");
    world.user = "dr-other";
    expect(await standing.access.renew()).toBe(false);
    expect(identity()?.userId).toBe("dr-north");

    world.provider = "refusing";
    expect(await standing.access.renew()).toBe(false);
    entrance.expire();
    expect(entrance.standing.value).toEqual({ kind: "out", why: "expired" });
  });

  it("ends the provider's session on the way out, and does not sign in again by itself", async () => {
    await signIn();
    await entrance.leave();
    expect(world.left?.pathname).toBe("/realms/clinic/end");
    expect(world.left?.searchParams.get("post_logout_redirect_uri")).toBe(`${ROOT}/provider`);
    expect(world.left?.searchParams.get("id_token_hint")).toMatch(/^ey/);

    world.left = null;
    world.at = `${ROOT}/provider`;
    reload();
    await entrance.start();
    expect(entrance.standing.value).toEqual({ kind: "out", why: "signed-out" });
    expect(world.left).toBeNull();
  });

  it("takes a token where there is no provider", async () => {
    world.place = {};
    await entrance.start();

    expect(entrance.standing.value).toEqual({ kind: "token", expired: false });
  });
});
