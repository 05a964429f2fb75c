import { useState } from "react";
import { attachResource, detachResource, resourceName } from "../../../plan/resources";
import { resourceId } from "../../../plan/schema";
import type { NodeSnapshot } from "../../../plan/view";
import { Button, IconButton } from "../../../ui/button";
import { MenuButton, MenuHeader, MenuItem, MenuSection } from "../../../ui/menu";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useScreen } from "../screen";
import { LinkDialog } from "./link-dialog";
import { OpenResource } from "./open-resource";
import { chooseFiles, UploadList, useUploads } from "./uploads";
import "./hub.css";

/** What a step needs at hand: links and files, some still to come. */
export default function StepResources({ node }: { node: NodeSnapshot }) {
  const t = useText();
  const { store, plan, rights } = useScreen();
  const all = useReadable(store.resources);
  const uploads = useUploads();
  const [linking, setLinking] = useState(false);
  const here = all.filter((one) => node.links.includes(one.id));
  const others = all.filter((one) => !node.links.includes(one.id));
  if (here.length === 0 && !rights.write) return null;
  return (
    <section className="step-resources">
      <h3 className="details-label">{t("view.resources")}</h3>
      <ul className="step-resource-list">
        {here.map((one) => (
          <li key={one.id}>
            <OpenResource one={one} named />
            {rights.write && one.url === "" && one.blob === "" && (
              <Button look="quiet" small icon="arrowUp" onPress={() => chooseFiles(false, (files) => uploads.send(files, { resource: one.id }))}>
                {t("hub.fillFile")}
              </Button>
            )}
            {rights.write && <IconButton icon="close" small label={t("hub.detach", { name: resourceName(one) })} onPress={() => detachResource(plan, node.id, one.id)} />}
          </li>
        ))}
      </ul>
      <UploadList uploads={uploads} />
      {rights.write && (
        <MenuButton
          aria-label={t("hub.addHere")}
          onAction={(key) => {
            if (key === "link") setLinking(true);
            else if (key === "upload") chooseFiles(true, (files) => uploads.send(files, { node: node.id }));
            else attachResource(plan, node.id, resourceId(String(key).slice(2)));
          }}
          button={
            <Button look="quiet" small icon="plus">
              {t("hub.addHere")}
            </Button>
          }
        >
          <MenuItem id="link" icon="link">
            {t("hub.addLink")}
          </MenuItem>
          <MenuItem id="upload" icon="arrowUp">
            {t("hub.upload")}
          </MenuItem>
          {others.length > 0 && (
            <MenuSection aria-label={t("hub.existing")}>
              <MenuHeader>{t("hub.existing")}</MenuHeader>
              {others.map((one) => (
                <MenuItem key={one.id} id={`r:${one.id}`}>
                  {resourceName(one)}
                </MenuItem>
              ))}
            </MenuSection>
          )}
        </MenuButton>
      )}
      {linking && <LinkDialog node={node.id} onClose={() => setLinking(false)} />}
    </section>
  );
}
