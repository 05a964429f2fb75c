import type { Preview } from "../../../plan/schedule";
import { useText } from "../../../ui/text";
import { dayWords, spanWords, type Speaker } from "../dates/words";

/** What the shapes mean, and what one can do. */
export function Legend({ help, agreed }: { help: "timeline.help" | "timeline.helpTouch" | null; agreed: boolean }) {
  const t = useText();
  return (
    <footer className="tl-foot">
      <ul className="tl-legend" aria-label={t("timeline.legend")}>
        <li>
          <svg width="26" height="14" aria-hidden="true">
            <g className="tl-bar tl-bar-tight">
              <rect className="tl-body" x="1" y="1" width="24" height="12" rx="4" />
            </g>
          </svg>
          {t("timeline.legend.tight")}
        </li>
        <li>
          <svg width="34" height="14" aria-hidden="true">
            <g className="tl-bar">
              <path className="tl-room" d="M18 7h14M32 3v8" />
              <rect className="tl-body" x="1" y="1" width="17" height="12" rx="4" />
            </g>
          </svg>
          {t("timeline.legend.room")}
        </li>
        <li>
          <svg width="30" height="14" aria-hidden="true">
            <rect className="tl-late" x="8" y="2" width="20" height="10" rx="3" />
          </svg>
          {t("timeline.legend.late")}
        </li>
        {agreed && (
          <li>
            <svg width="26" height="14" aria-hidden="true">
              <rect className="tl-agreed" x="1" y="1" width="24" height="12" rx="4" />
            </svg>
            {t("timeline.legend.agreed")}
          </li>
        )}
      </ul>
      {help !== null && <p className="tl-help">{t(help)}</p>}
    </footer>
  );
}

/** Beside the hand: where it would go and what else would move. */
export function DragLabel({ title, preview, speaker }: { title: string; preview: Preview; speaker: Speaker }) {
  const { t } = speaker;
  const { from, to } = preview.shift;
  return (
    <p className="tl-drag" role="status">
      <strong>{title || t("step.untitled")}</strong> {to === "" ? dayWords(speaker, from) : spanWords(speaker, from, to)}
      <span className="tl-drag-more">{t("timeline.dragMoves", { count: preview.moves.length })}</span>
    </p>
  );
}
