import { useRef, useState } from "react";

/** One line that is written as a whole when one leaves it; Escape takes back what was typed. */
export function PickedField({
  value,
  label,
  placeholder,
  fieldId,
  className = "",
  maxLength,
  onCommit,
}: {
  value: string;
  label: string;
  placeholder: string;
  fieldId?: string;
  className?: string;
  maxLength: number;
  onCommit: (text: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const dropped = useRef(false);
  return (
    <input
      className={`picked-field ${className}`}
      aria-label={label}
      placeholder={placeholder}
      data-field={fieldId}
      maxLength={maxLength}
      value={typed ?? value}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => {
        if (typed !== null && !dropped.current && typed !== value) onCommit(typed);
        dropped.current = false;
        setTyped(null);
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Escape") dropped.current = true;
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        // The row keeps the focus.
        const row = event.currentTarget.closest<HTMLElement>("[data-node]");
        if (row) row.focus({ preventScroll: true });
        else event.currentTarget.blur();
      }}
    />
  );
}
