import type { PlanRow } from "../../sync/api";
import { useText, type MessageId } from "../../ui/text";

const names: Readonly<Record<PlanRow["light"], MessageId>> = {
  green: "health.green",
  yellow: "health.yellow",
  red: "health.red",
  "": "health.none",
};

/** Shapes differ as well as colours: a disc, a diamond, a triangle, a ring. */
function Shape({ light }: { light: PlanRow["light"] }) {
  return (
    <svg className={`light light-${light || "none"}`} width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
      {light === "green" && <circle cx="7" cy="7" r="5" />}
      {light === "yellow" && <path d="M7 1 13 7 7 13 1 7Z" />}
      {light === "red" && <path d="M7 1.500 13 12.500H1Z" />}
      {light === "" && <circle cx="7" cy="7" r="4.500" fill="none" stroke="currentColor" strokeWidth="1.500" />}
    </svg>
  );
}

/** How a plan is doing, with the worst reason in words and the others behind it. */
export function Momentum({ row }: { row: PlanRow }) {
  const t = useText();
  const reasons = row.reasons.map((reason) => {
    const id = `health.${reason.code}` as MessageId;
    return t(id, { title: reason.title, days: reason.days, count: reason.count });
  });
  return (
    <div className="momentum">
      <span className="momentum-name">
        <Shape light={row.light} />
        {t(names[row.light])}
      </span>
      {reasons.length > 0 && (
        <ul className="momentum-reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
