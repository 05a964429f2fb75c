import { useMemo } from "react";
import { CheckboxButton, CheckboxField } from "react-aria-components";
import { attachResource, detachResource, resourceName } from "../../../plan/resources";
import type { NodeId } from "../../../plan/schema";
import type { ResourceSnapshot } from "../../../plan/view";
import { Dialog } from "../../../ui/dialog";
import { Icon } from "../../../ui/icons";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";

/** Which steps need it: ticked ones show it in their details. */
export function AttachDialog({ one, attached, onClose }: { one: ResourceSnapshot; attached: readonly NodeId[]; onClose: () => void }) {
  const t = useText();
  const { plan, store } = useScreen();
  const { top } = useReadable(store.tree);
  const nodes = useNodes(useMemo(() => stepIds(top), [top]));
  return (
    <Dialog title={t("hub.attachTitle", { name: resourceName(one) })} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <div className="attach">
        {nodes.map(
          (node) =>
            node && (
              <CheckboxField key={node.id} isSelected={attached.includes(node.id)} onChange={(on) => (on ? attachResource : detachResource)(plan, node.id, one.id)}>
                <CheckboxButton className="check">
                  {({ isSelected }) => (
                    <>
                      <span className="check-box">{isSelected && <Icon name="check" size={14} />}</span>
                      {node.title || t("step.untitled")}
                    </>
                  )}
                </CheckboxButton>
              </CheckboxField>
            ),
        )}
      </div>
    </Dialog>
  );
}
