// SPDX-License-Identifier: Apache-2.0
/** The visit that is looked at stands in the address, so that a reload and a sign-in come back to it. */
import type { Address } from "@/platform/address";

const SESSION_ID = /^vsn_[0-9A-HJKMNP-TV-Z]{26}$/;

export function visitInAddress(address: Address): string | null {
  const wanted = new URLSearchParams(new URL(address.href()).hash.slice(1)).get("visit");
  return wanted !== null && SESSION_ID.test(wanted) ? wanted : null;
}

export function showVisitInAddress(address: Address, sessionId: string): void {
  const { pathname, search } = new URL(address.href());
  address.tidy(`${pathname}${search}#visit=${sessionId}`);
}
