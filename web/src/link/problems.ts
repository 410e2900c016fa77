// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "@/api/http";
import { t } from "@/i18n";

/** What went wrong, for people: what it means for them and what to do. */
export function problemText(problem: Problem): string {
  if (problem.code === "OFFLINE") return t("problem.offline");
  if (problem.code === "CONSENT_REQUIRED") return t("problem.consent-required");
  if (problem.code === "CONSENT_SERVICE_UNAVAILABLE") return t("problem.consent-unavailable");
  if (problem.status === 429) return t("problem.busy");
  return problem.status >= 500 ? t("problem.unavailable") : t("problem.other");
}
