import { useRef, useState, type KeyboardEvent } from "react";
import { EditError } from "../../plan/edit";
import "./cell-field.css";

export interface CellFieldProps {
  label: string;
  value: string;
  onCommit: (text: string) => void;
  placeholder?: string;
  maxLength?: number;
  type?: "text" | "email" | "tel" | "url";
  className?: string;
  /** Enter and the up and down arrows go to the same column's field in the next row of this list. */
  column?: string;
  /** What to say where the text can't be kept. */
  error?: string;
}

/**
 * A picked value, edited in place: it travels when one leaves the field or presses Enter, Escape takes the
 * typing back. Somebody else's value shows unless one is in the middle of one's own.
 */
export function CellField({ label, value, onCommit, placeholder, maxLength = 120, type = "text", className = "", column, error }: CellFieldProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [wrong, setWrong] = useState(false);
  const dropped = useRef(false);
  if (seen !== value) {
    setSeen(value);
    if (text === seen) setText(value);
  }
  const commit = () => {
    if (dropped.current) {
      dropped.current = false;
      setText(value);
      setWrong(false);
      return;
    }
    if (text.trim() === value) {
      setText(value);
      setWrong(false);
      return;
    }
    try {
      onCommit(text);
      setText(text.trim());
      setWrong(false);
    } catch (problem) {
      if (!(problem instanceof EditError)) throw problem;
      if (problem.code === "empty") setText(value);
      else setWrong(true);
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const field = event.currentTarget;
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      dropped.current = true;
      field.blur();
    } else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
      const back = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey);
      event.preventDefault();
      const next = neighbour(field, back);
      if (next) {
        next.focus();
        next.select();
      } else if (event.key === "Enter") field.blur();
    }
  };
  const shown = wrong && error !== undefined;
  return (
    <span className={`cell ${className}`}>
      <input
        className="cell-input"
        aria-label={label}
        aria-invalid={wrong}
        data-column={column}
        type={type}
        value={text}
        placeholder={placeholder}
        maxLength={maxLength}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
      {shown && (
        <span className="cell-error" role="alert">
          {error}
        </span>
      )}
    </span>
  );
}

/** The same column's field in the row after or before this one. */
function neighbour(field: HTMLInputElement, back: boolean): HTMLInputElement | undefined {
  const { column } = field.dataset;
  if (column === undefined) return undefined;
  const all = [...document.querySelectorAll<HTMLInputElement>(`input[data-column="${CSS.escape(column)}"]`)];
  return all[all.indexOf(field) + (back ? -1 : 1)];
}
