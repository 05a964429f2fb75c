import { memo } from "react";
import type { NodeId } from "../../../plan/schema";
import { useText } from "../../../ui/text";
import { selectTo, toggleSelected } from "./rows";
import { useIsSelected, useList } from "./state";

/** Takes a step into the selection; with Shift, all from the last one to it. */
export const SelectBox = memo(function SelectBox({ id, title }: { id: NodeId; title: string }) {
  const t = useText();
  const state = useList();
  const selected = useIsSelected(id);
  return (
    <input
      type="checkbox"
      className="step-check"
      data-field={`select:${id}`}
      aria-label={t("structure.select", { title })}
      checked={selected}
      onChange={(event) => {
        if (event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey) selectTo(state, id);
        else toggleSelected(state, id);
      }}
    />
  );
});
