// SPDX-License-Identifier: Apache-2.0
/** A record that is away for some time: the service says so by Encounters that are not there. */
import type { Page } from "@playwright/test";
import type { Session } from "./service";

const HALF_AN_HOUR_MS = 1_800_000;

/** Shows the page a visit that ended half an hour ago and is not in the record; what it gives lets the Encounter through. */
export async function withholdsEncounter(page: Page, sessionId: string): Promise<() => void> {
  let isLate = true;
  await page.route(/\/sessions(\?|\/vsn_[^/]+(\/encounter\/retry)?$)/, async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { items?: Session[] } & Session;
    const late = (one: Session) => (isLate && one.id === sessionId && one.status === "ended" ? { ...one, encounterId: null, actualEnd: new Date(Date.now() - HALF_AN_HOUR_MS).toISOString() } : one);
    await route.fulfill({ response, json: body.items === undefined ? late(body) : { ...body, items: body.items.map(late) } });
  });
  return () => void (isLate = false);
}
