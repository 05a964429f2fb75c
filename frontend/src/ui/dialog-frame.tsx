import { useEffect } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "./button";
import type { DialogProps } from "./dialog";
import { keepFocus } from "./last-focus";

/** A modal question or form; on a phone it rises from the lower edge. */
export default function DialogFrame({
  title,
  closeLabel,
  isOpen,
  onOpenChange,
  wide,
  children,
}: DialogProps) {
  return (
    <ModalOverlay className="scrim" isDismissable isOpen={isOpen} onOpenChange={onOpenChange}>
      <Modal className={`dialog-frame${wide ? " dialog-wide" : ""}`}>
        <AriaDialog className="dialog">
          <GivesFocusBack />
          <header className="dialog-head">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            <IconButton icon="close" label={closeLabel} onPress={() => onOpenChange(false)} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function GivesFocusBack() {
  useEffect(() => keepFocus, []);
  return null;
}
