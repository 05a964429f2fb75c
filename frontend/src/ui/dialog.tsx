import { Suspense, useState, type ReactNode } from "react";
import { lazyPart } from "./lazy";
import "./last-focus"; // from the beginning, not only once a dialog's code is there

const DialogFrame = lazyPart(() => import("./dialog-frame"));

export interface DialogProps {
  title: string;
  closeLabel: string;
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
  wide?: boolean;
  children: ReactNode;
}

/** A modal question or form, whose code is fetched when it first opens. It stays, closed, to be seen going. */
export function Dialog(props: DialogProps) {
  const [opened, setOpened] = useState(props.isOpen);
  if (props.isOpen && !opened) setOpened(true);
  return (
    opened && (
      <Suspense fallback={null}>
        <DialogFrame {...props} />
      </Suspense>
    )
  );
}
