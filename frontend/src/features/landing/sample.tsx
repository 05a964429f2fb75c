import { useText } from "../../ui/text";

/** A drawing of a plan being written by two people; decoration, hence hidden from screen readers. */
export function Sample() {
  const t = useText();
  const rows = [
    { state: "done", text: t("sample.one"), who: "left" },
    { state: "half", text: t("sample.two"), who: "right" },
    { state: "open", text: t("sample.three"), who: "both" },
  ] as const;
  return (
    <div className="sample" aria-hidden="true">
      <p className="sample-stage">{t("sample.stage")}</p>
      <ul className="sample-rows">
        {rows.map((row) => (
          <li key={row.text} className={`sample-row sample-${row.state}`}>
            <svg width="20" height="20" viewBox="0 0 22 22">
              <circle cx="11" cy="11" r="8.75" className="sample-ring" />
              {row.state === "done" && <path className="sample-tick" d="m7.2 11.3 2.6 2.6 5-5.6" />}
              {row.state === "half" && <path className="sample-half" d="M11 5.5a5.5 5.5 0 0 1 0 11Z" />}
            </svg>
            <span className="sample-text">
              {row.text}
              {row.state === "half" && <Caret name="Dana" tone="b" />}
            </span>
            <svg width="12" height="12" viewBox="0 0 12 12" className="sample-side">
              <path d="M5.4 1a5.2 5.2 0 0 0 0 10Z" className={row.who === "right" ? "sample-empty" : "sample-full"} />
              <path d="M6.6 1a5.2 5.2 0 0 1 0 10Z" className={row.who === "left" ? "sample-empty" : "sample-full"} />
            </svg>
          </li>
        ))}
      </ul>
      <p className="sample-prose">
        {t("sample.prose")}
        <Caret name="Ben" tone="a" />
      </p>
    </div>
  );
}

function Caret({ name, tone }: { name: string; tone: "a" | "b" }) {
  return (
    <span className={`sample-caret sample-caret-${tone}`}>
      <span className="sample-name">{name}</span>
    </span>
  );
}
