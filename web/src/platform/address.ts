// SPDX-License-Identifier: Apache-2.0
/** The address bar: the one place where the page reads it, tidies it, or leaves for another page. */
export interface Address {
  readonly href: () => string;
  /** Shows another address of this page, without a trace of the one before. */
  readonly tidy: (pathAndMore: string) => void;
  readonly leaveFor: (url: string) => void;
}

export const browserAddress: Address = {
  href: () => globalThis.location.href,
  tidy: (pathAndMore) => globalThis.history.replaceState(null, "", pathAndMore),
  leaveFor: (url) => globalThis.location.assign(url),
};
