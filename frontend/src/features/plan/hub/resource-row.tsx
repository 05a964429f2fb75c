import { useState } from "react";
import {
  emptyResource,
  moveResource,
  removeResource,
  RESOURCE_TYPES,
  resourceName,
  setPinned,
  setResourceSide,
  setResourceTitle,
  setResourceType,
  type ResourceType,
  typeOf,
} from "../../../plan/resources";
import { SIDES, type Side } from "../../../plan/schema";
import type { NodeSnapshot, ResourceSnapshot } from "../../../plan/view";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton, IconToggle } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { MenuButton, MenuItem, MenuSeparator } from "../../../ui/menu";
import { Select } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { CellField } from "../cell-field";
import { useScreen } from "../screen";
import { SideMark, sideMessage } from "../status";
import { StepLink } from "../step-link";
import { AttachDialog } from "./attach";
import { LinkDialog } from "./link-dialog";
import { OpenResource } from "./open-resource";
import { chooseFiles, type Uploads } from "./uploads";
import { typeMessage } from "./words";

export interface RowProps {
  readonly one: ResourceSnapshot;
  readonly steps: readonly NodeSnapshot[];
  readonly uploads: Uploads;
  /** The rows around it, to move between. */
  readonly above: ResourceSnapshot | undefined;
  readonly below: ResourceSnapshot | undefined;
  readonly afterBelow: ResourceSnapshot | undefined;
}

/** One link, file or slot. */
export function ResourceRow(props: RowProps) {
  const { one, steps, uploads } = props;
  const t = useText();
  const { plan, rights } = useScreen();
  const [asking, setAsking] = useState<"link" | "attach" | "details" | null>(null);
  const name = resourceName(one);
  const empty = one.url === "" && one.blob === "";
  return (
    <li className={`resource${empty ? " resource-slot" : ""}`} aria-label={name} data-goto={`resource:${one.id}`}>
      <span className="resource-main">
        {rights.write ? (
          <CellField label={t("hub.titleOf", { name })} value={one.title} maxLength={200} column="resource" className="resource-title" onCommit={(text) => setResourceTitle(plan, one.id, text)} />
        ) : (
          <span className="resource-title">{name}</span>
        )}
        <span className="resource-what">
          <OpenResource one={one} />
          {steps.map((node) => (
            <StepLink key={node.id} id={node.id}>
              {node.title || t("step.untitled")}
            </StepLink>
          ))}
        </span>
      </span>
      {rights.write && (
        <span className="resource-acts">
          {empty && (
            <>
              <Button look="edge" small icon="link" onPress={() => setAsking("link")}>
                {t("hub.fillLink")}
              </Button>
              <Button look="edge" small icon="arrowUp" onPress={() => chooseFiles(false, (files) => uploads.send(files, { resource: one.id }))}>
                {t("hub.fillFile")}
              </Button>
            </>
          )}
          <IconToggle icon="pin" small label={t(one.pinned ? "hub.unpin" : "hub.pin", { name })} isSelected={one.pinned} onChange={(on) => setPinned(plan, one.id, on)} />
          <RowMenu {...props} name={name} empty={empty} onAsk={setAsking} />
        </span>
      )}
      {asking === "link" && <LinkDialog resource={one.id} url={one.url} onClose={() => setAsking(null)} />}
      {asking === "attach" && <AttachDialog one={one} attached={steps.map((node) => node.id)} onClose={() => setAsking(null)} />}
      {asking === "details" && <Details one={one} onClose={() => setAsking(null)} />}
    </li>
  );
}

function RowMenu({ one, uploads, above, below, afterBelow, name, empty, onAsk }: RowProps & { name: string; empty: boolean; onAsk: (what: "link" | "attach" | "details") => void }) {
  const t = useText();
  const { plan } = useScreen();
  const announce = useAnnounce();
  const label = t("hub.more", { name });
  return (
    <MenuButton
      aria-label={label}
      placement="bottom end"
      disabledKeys={[...(above ? [] : ["up"]), ...(below ? [] : ["down"])]}
      onAction={(key) => {
        if (key === "attach" || key === "link" || key === "details") onAsk(key);
        if (key === "file") chooseFiles(false, (files) => uploads.send(files, { resource: one.id }));
        if (key === "empty") emptyResource(plan, one.id);
        if (key === "up" && above) moveResource(plan, one.id, above.id);
        if (key === "down" && below) moveResource(plan, one.id, afterBelow?.id ?? null);
        if (key === "remove") {
          removeResource(plan, one.id);
          announce(t("hub.removed", { name }));
        }
      }}
      button={<IconButton icon="more" small label={label} />}
    >
      <MenuItem id="attach">{t("hub.attach")}</MenuItem>
      <MenuItem id="details">{t("hub.details")}</MenuItem>
      <MenuItem id="link">{t("hub.setLink")}</MenuItem>
      <MenuItem id="file">{t(one.blob === "" ? "hub.fillFile" : "hub.replaceFile")}</MenuItem>
      <MenuSeparator />
      <MenuItem id="up" icon="arrowUp">
        {t("hub.up")}
      </MenuItem>
      <MenuItem id="down" icon="arrowDown">
        {t("hub.down")}
      </MenuItem>
      <MenuSeparator />
      {!empty && <MenuItem id="empty">{t("hub.empty")}</MenuItem>}
      <MenuItem id="remove" icon="trash" danger>
        {t("hub.remove")}
      </MenuItem>
    </MenuButton>
  );
}

function Details({ one, onClose }: { one: ResourceSnapshot; onClose: () => void }) {
  const t = useText();
  const { plan } = useScreen();
  return (
    <Dialog title={resourceName(one)} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <div className="form">
        <Select label={t("hub.type")} value={typeOf(one.type)} onChange={(id) => setResourceType(plan, one.id, id as ResourceType)} choices={RESOURCE_TYPES.map((id) => ({ id, label: t(typeMessage(id)) }))} />
        <Select
          label={t("hub.from")}
          value={one.side || "joint"}
          onChange={(id) => setResourceSide(plan, one.id, id as Side)}
          choices={SIDES.map((id) => ({ id, label: t(sideMessage(id)), lead: <SideMark side={id} /> }))}
        />
      </div>
    </Dialog>
  );
}
