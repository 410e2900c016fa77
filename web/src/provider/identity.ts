// SPDX-License-Identifier: Apache-2.0
/** Who is signed in. A token in the fragment is a demo's: it is kept for the tab and taken out of the address at once. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { forget, recall, remember } from "@/platform/storage";
import { now } from "@/platform/timers";

export interface Identity {
  readonly token: string;
  readonly userId: string;
  readonly name: string;
  readonly tenantId: string;
  readonly roles: readonly string[];
  readonly expiresAt: number;
}

/** Somebody who is signed in, and how a token that ran out becomes a fresh one: false when it does not. */
export interface Access {
  readonly identity: ReadonlySignal<Identity>;
  readonly renew: () => Promise<boolean>;
}

/** A token that nobody renews. */
export const accessBy = (identity: Identity): Access => ({ identity: signal(identity), renew: () => Promise.resolve(false) });

const KEY = "vcare.staff";

/** Reads the claims that the page shows itself by. What they are worth is for the service to say. */
export function readToken(token: string): Identity | null {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof claims["sub"] !== "string" || typeof claims["tenantId"] !== "string" || typeof claims["exp"] !== "number") return null;
    const roles = Array.isArray(claims["roles"]) ? claims["roles"].filter((role): role is string => typeof role === "string") : [];
    const name = typeof claims["name"] === "string" ? claims["name"] : claims["sub"];
    return { token, userId: claims["sub"], name, tenantId: claims["tenantId"], roles, expiresAt: claims["exp"] * 1000 };
  } catch {
    return null;
  }
}

export function takeIdentity(): Identity | null {
  const { hash } = globalThis.location;
  const given = new URLSearchParams(hash.slice(1)).get("token");
  if (given !== null) {
    globalThis.history.replaceState(null, "", globalThis.location.pathname + globalThis.location.search);
    if (readToken(given) !== null) remember(KEY, given);
  }
  const kept = recall(KEY);
  const identity = kept === null ? null : readToken(kept);
  if (identity === null || identity.expiresAt <= now()) {
    forget(KEY);
    return null;
  }
  return identity;
}

export const signOut = (): void => forget(KEY);

const clinical = ["clinician", "nurse_practitioner"];
export const isClinical = (identity: Identity): boolean => identity.roles.some((role) => clinical.includes(role));
/** The roles that book visits are those that may see which appointments have none yet. */
export const worksWithPatients = (identity: Identity): boolean => isClinical(identity) || identity.roles.some((role) => ["scheduler", "admin"].includes(role));
export const mayCreate = worksWithPatients;
