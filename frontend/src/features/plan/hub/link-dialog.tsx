import { useState } from "react";
import { EditError } from "../../../plan/edit";
import { addResource, cleanUrl, RESOURCE_TYPES, setResourceUrl, type ResourceType } from "../../../plan/resources";
import { LIMITS, type NodeId, type ResourceId } from "../../../plan/schema";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { TextField } from "../../../ui/field";
import { Select } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { useScreen } from "../screen";
import { typeMessage } from "./words";

/** Asks for an address: of a new resource, on a step if one is given, or of one that is there. */
export function LinkDialog({
  resource,
  node,
  url = "",
  onClose,
}: {
  resource?: ResourceId;
  node?: NodeId;
  url?: string;
  onClose: () => void;
}) {
  const t = useText();
  const { plan } = useScreen();
  const [address, setAddress] = useState(url);
  const [title, setTitle] = useState("");
  const [type, setType] = useState<ResourceType>("other");
  const [wrong, setWrong] = useState(false);
  const save = () => {
    try {
      if (resource === undefined) addResource(plan, { title, url: cleanUrl(address), type, ...(node === undefined ? {} : { node }) });
      else setResourceUrl(plan, resource, address);
      onClose();
    } catch (problem) {
      if (!(problem instanceof EditError)) throw problem;
      setWrong(true);
    }
  };
  return (
    <Dialog title={t(resource === undefined ? "hub.addLink" : "hub.setLink")} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label={t("hub.address")}
          placeholder="https://"
          value={address}
          onChange={(next) => {
            setAddress(next);
            setWrong(false);
          }}
          maxLength={LIMITS.url}
          error={wrong ? t("hub.addressBad") : undefined}
          autoFocus
        />
        {resource === undefined && (
          <>
            <TextField label={t("hub.title")} hint={t("hub.titleHint")} value={title} onChange={setTitle} maxLength={LIMITS.title} />
            <Select
              label={t("hub.type")}
              value={type}
              onChange={(id) => setType(RESOURCE_TYPES.find((one) => one === id) ?? "other")}
              choices={RESOURCE_TYPES.map((id) => ({ id, label: t(typeMessage(id)) }))}
            />
          </>
        )}
        <div className="form-actions">
          <Button look="main" type="submit" isDisabled={address.trim() === ""}>
            {t("hub.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
