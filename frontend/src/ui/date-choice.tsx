import { useRef, useState, type KeyboardEvent } from "react";
import { useIntl } from "react-intl";
import Month, { type MonthProps } from "./calendar";
import { useDays } from "./dates";
import { TextField } from "./field";
import { useText } from "./text";
import { parseTypedDate } from "./typed-date";

/** A month and a line to type the date into: whoever begins with a digit on the month is already typing. */
export default function DateChoice(props: MonthProps & { readonly onChange: (date: string) => void }) {
  const t = useText();
  const { locale } = useIntl();
  const days = useDays();
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const date = parseTypedDate(words, days.today, locale);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== field.current) {
      if (/^[\d+]$/.test(event.key)) field.current?.focus(); // the key itself is typed there
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (date !== null) props.onChange(date);
    }
  };
  return (
    <div onKeyDown={onKeyDown}>
      <TextField
        className="calendar-words"
        label={t("date.type")}
        hideLabel
        placeholder={t("date.typeHint")}
        inputRef={field}
        value={words}
        onChange={setWords}
        hint={words === "" ? undefined : date === null ? t("date.typeOdd") : t("date.typeIs", { date: days.format(date, "long") })}
      />
      <Month {...props} />
    </div>
  );
}
