import { CheckboxButton, CheckboxField } from "react-aria-components";
import { Icon } from "../../../ui/icons";

export function Check({ isSelected, onChange, label }: { isSelected: boolean; onChange: (on: boolean) => void; label: string }) {
  return (
    <CheckboxField isSelected={isSelected} onChange={onChange}>
      <CheckboxButton className="check">
        {({ isSelected: on }) => (
          <>
            <span className="check-box">{on && <Icon name="check" size={14} />}</span>
            {label}
          </>
        )}
      </CheckboxButton>
    </CheckboxField>
  );
}
