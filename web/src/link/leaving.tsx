// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { t } from "@/i18n";
import { Button, Notice } from "@/ui/parts";
import type { LinkApp } from "./app";
import { problemText } from "./problems";
import type { Seat } from "./state";

interface Props {
  readonly seat: Seat;
  readonly app: LinkApp;
  readonly busy?: boolean;
  readonly onStay: () => void;
}

/** Leaving, and for the patient taking back their yes: each asked once more in place. */
export function Leaving({ seat, app, busy = false, onStay }: Props) {
  const [withdrawing, setWithdrawing] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { visit, participantId } = seat;
  const given = visit.participant.role === "patient" ? visit.consents.find((one) => one.type === "telehealth" && one.status === "granted") : undefined;
  const withdraw = async (): Promise<void> => {
    if (given === undefined) return;
    setSending(true);
    const answer = await app.seatCalls(participantId).consent({ type: given.type, textVersion: given.textVersion, decision: "withdrawn" });
    setSending(false);
    setProblem(answer.ok ? null : problemText(answer.problem));
  };
  return (
    <Notice>
      <div class="stack-s" role="group" aria-label={t(withdrawing ? "withdraw.sure" : "leave.sure")}>
        <p class="strong">{t(withdrawing ? "withdraw.sure" : "leave.sure")}</p>
        <p class="small">{t(withdrawing ? "withdraw.means" : "leave.means")}</p>
        {problem !== null && <p role="alert">{problem}</p>}
        <div class="row">
          {withdrawing ? (
            <Button compact look="danger" data-action="confirm-withdraw" busy={sending} onClick={() => void withdraw()}>
              {t("withdraw.yes")}
            </Button>
          ) : (
            <Button compact look="danger" data-action="confirm-leave" busy={busy} onClick={() => app.send({ type: "leave" })}>
              {t("leave.yes")}
            </Button>
          )}
          <Button compact onClick={onStay}>
            {t("leave.no")}
          </Button>
        </div>
        {given !== undefined && !withdrawing && (
          <div class="row">
            <Button compact look="quiet" data-action="withdraw" onClick={() => setWithdrawing(true)}>
              {t("withdraw.ask")}
            </Button>
          </div>
        )}
      </div>
    </Notice>
  );
}
