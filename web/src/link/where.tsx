// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { MapPin } from "lucide-preact";
import { t } from "@/i18n";
import { Button, Notice } from "@/ui/parts";
import type { LinkApp } from "./app";
import { problemText } from "./problems";
import type { Seat } from "./state";

/** Where the patient is now: for an ambulance, or to call back. Sent, never kept on this device. */
export function Where({ seat, app, open = false }: { seat: Seat; app: LinkApp; open?: boolean }) {
  const [state, setState] = useState<"open" | "sending" | "sent">("open");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const where = { address: String(form.get("address")).trim(), callbackNumber: String(form.get("number")).trim() };
    if (where.address === "" || !/^[+0-9 ()./-]{3,40}$/.test(where.callbackNumber)) return setProblem(t("where.incomplete"));
    setState("sending");
    const answer = await app.seatCalls(seat.participantId).whereabouts(where);
    setProblem(answer.ok ? null : problemText(answer.problem));
    setState(answer.ok ? "sent" : "open");
  };
  if (state === "sent") {
    return (
      <Notice kind="good" live>
        <p>{t("where.sent")}</p>
      </Notice>
    );
  }
  return (
    <details class="fold" open={open}>
      <summary>
        <MapPin size={20} aria-hidden="true" />
        {t("where.title")}
      </summary>
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <p class="small muted">{t("where.why")}</p>
        <label class="field">
          <span>{t("where.address")}</span>
          <input name="address" autocomplete="street-address" maxLength={500} dir="auto" required />
        </label>
        <label class="field">
          <span>{t("where.number")}</span>
          <input name="number" type="tel" autocomplete="tel" maxLength={40} dir="ltr" required />
        </label>
        {problem !== null && (
          <Notice kind="bad" live>
            <p>{problem}</p>
          </Notice>
        )}
        <div class="row">
          <Button submit busy={state === "sending"}>
            {t("where.send")}
          </Button>
        </div>
      </form>
    </details>
  );
}
