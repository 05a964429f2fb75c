import type { ReactNode, Ref } from "react";
import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components";

export interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "children"> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  rows?: number;
  inputRef?: Ref<HTMLInputElement>;
  areaRef?: Ref<HTMLTextAreaElement>;
  hideLabel?: boolean;
  className?: string;
}

export function TextField({
  label,
  hint,
  error,
  placeholder = "",
  rows,
  inputRef,
  areaRef,
  hideLabel,
  className = "",
  ...rest
}: TextFieldProps) {
  return (
    <AriaTextField {...rest} className={`field ${className}`} isInvalid={error !== undefined}>
      <Label className={hideLabel ? "visually-hidden" : "field-label"}>{label}</Label>
      {rows ? (
        <TextArea {...(areaRef ? { ref: areaRef } : {})} className="field-input field-area" rows={rows} placeholder={placeholder} />
      ) : (
        <Input {...(inputRef ? { ref: inputRef } : {})} className="field-input" placeholder={placeholder} />
      )}
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  );
}
