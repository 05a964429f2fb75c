import { Suspense, useState } from "react";
import { useIntl } from "react-intl";
import { Button } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { lazyPart } from "../../../ui/lazy";
import { useScreen } from "../screen";
import { useSchedule } from "./propose";
import { dayWords } from "./words";

const DatesPanel = lazyPart(() => import("./panel"));

/** Beside the plan's date: what it will really be when that differs, and the way to all about dates. */
export function AnchorMore() {
  const t = useText();
  const intl = useIntl();
  const live = useSchedule();
  const { awareness } = useScreen();
  const { goLive } = useReadable(live.now).forecast;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {goLive.late > 0 && (
        <span className="anchor-until anchor-past">
          {t("dates.forecast", { date: dayWords({ t, intl, today: live.today }, goLive.forecast), days: goLive.late })}
        </span>
      )}
      {awareness && (
        <Button look="quiet" small icon="calendar" onPress={() => setOpen(true)}>
          {t("dates.open")}
        </Button>
      )}
      {isOpen && (
        <Suspense fallback={null}>
          <DatesPanel onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
