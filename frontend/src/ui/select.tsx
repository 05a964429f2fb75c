import type { ReactNode } from "react";
import {
  Button as AriaButton,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
} from "react-aria-components";
import { Icon } from "./icons";

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly lead?: ReactNode;
}

/** One of a few, with its label above. */
export function Select({
  label,
  hideLabel,
  value,
  choices,
  placeholder,
  onChange,
}: {
  label: string;
  hideLabel?: boolean;
  value: string | null;
  choices: readonly Choice[];
  placeholder?: string;
  onChange: (id: string) => void;
}) {
  return (
    <AriaSelect
      className="select"
      value={value}
      placeholder={placeholder ?? ""}
      onChange={(key) => {
        if (typeof key === "string") onChange(key);
      }}
    >
      <Label className={hideLabel ? "visually-hidden" : "field-label"}>{label}</Label>
      <AriaButton className="select-button">
        <SelectValue className="select-value" />
        <Icon name="chevronDown" size={16} />
      </AriaButton>
      <Popover className="popover select-popover" offset={4}>
        <ListBox className="menu" items={choices}>
          {(choice) => (
            <ListBoxItem id={choice.id} textValue={choice.label} className="menu-item">
              {({ isSelected }) => (
                <>
                  {choice.lead}
                  <span className="menu-item-label">{choice.label}</span>
                  <span className="menu-item-tick">{isSelected && <Icon name="check" size={16} />}</span>
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
