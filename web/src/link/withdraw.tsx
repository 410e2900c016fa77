// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "@/i18n";
import { Button, Notice } from "@/ui/parts";
import type { LinkApp } from "./app";
import { problemText } from "./problems";
import type { Seat } from "./state";

/** The patient takes back their yes, which ends the visit for everybody: asked once more in place. */
export function Withdraw({ seat, app }: { seat: Seat; app: LinkApp }) {
  const [asking, setAsking] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => (asking ? box.current?.focus() : undefined), [asking]);
  const { visit, participantId } = seat;
  const given = visit.participant.role === "patient" ? visit.consents.find((one) => one.type === "telehealth" && one.status === "granted") : undefined;
  if (given === undefined) return null;
  const withdraw = async (): Promise<void> => {
    setSending(true);
    const answer = await app.seatCalls(participantId).consent({ type: given.type, textVersion: given.textVersion, decision: "withdrawn" });
    setSending(false);
    setProblem(answer.ok ? null : problemText(answer.problem));
  };
  if (!asking) {
    return (
      <Button wide look="quiet" data-action="withdraw" onClick={() => setAsking(true)}>
        {t("withdraw.ask")}
      </Button>
    );
  }
  return (
    <Notice>
      <div ref={box} class="stack-s" role="group" tabIndex={-1} aria-label={t("withdraw.sure")}>
        <p class="strong">{t("withdraw.sure")}</p>
        <p class="small">{t("withdraw.means")}</p>
        {problem !== null && <p role="alert">{problem}</p>}
        <div class="row">
          <Button compact look="danger" data-action="confirm-withdraw" busy={sending} onClick={() => void withdraw()}>
            {t("withdraw.yes")}
          </Button>
          <Button compact onClick={() => setAsking(false)}>
            {t("withdraw.no")}
          </Button>
        </div>
      </div>
    </Notice>
  );
}
