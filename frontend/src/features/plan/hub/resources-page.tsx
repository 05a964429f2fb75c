import { useEffect, useMemo, useState, type DragEvent } from "react";
import { useIntl } from "react-intl";
import { FOLDER_IDS, folderOf, resourceName } from "../../../plan/resources";
import type { ResourceId } from "../../../plan/schema";
import type { NodeSnapshot, ResourceSnapshot } from "../../../plan/view";
import { Button } from "../../../ui/button";
import { TextField } from "../../../ui/field";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { stepIds, useNodes } from "../hooks";
import { useScreen } from "../screen";
import { LinkDialog } from "./link-dialog";
import { OpenResource } from "./open-resource";
import { ResourceRow } from "./resource-row";
import { chooseFiles, UploadList, useUploads } from "./uploads";
import { folderMessage, sizeWords } from "./words";
import "../page-sheet.css";
import "./hub.css";

/** Everything both sides need to read and sign, in one place: links, files, and what is still to come. */
export default function ResourcesPage() {
  const t = useText();
  const intl = useIntl();
  const { store, rights } = useScreen();
  const all = useReadable(store.resources);
  const steps = useStepsByResource();
  const uploads = useUploads(true);
  const [linking, setLinking] = useState(false);
  const [search, setSearch] = useState("");
  const [over, setOver] = useState(false);
  const words = search.trim().toLocaleLowerCase();
  const shown = words === "" ? all : all.filter((one) => `${resourceName(one)} ${one.file} ${one.url}`.toLocaleLowerCase().includes(words));
  const pinned = shown.filter((one) => one.pinned && (one.url !== "" || one.blob !== ""));
  const waiting = all.filter((one) => one.url === "" && one.blob === "").length;
  usePastedFiles(rights.write, uploads.send);

  const onDrop = (event: DragEvent) => {
    if (!rights.write || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    setOver(false);
    uploads.send(event.dataTransfer.files);
  };
  const onDragOver = (event: DragEvent) => {
    if (!rights.write || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    <div className={`sheet page-sheet hub${over ? " is-over" : ""}`} onDrop={onDrop} onDragOver={onDragOver} onDragLeave={() => setOver(false)}>
      <header className="page-head">
        <div>
          <h1 className="page-title">{t("view.resources")}</h1>
          <p className="page-lead">{t("hub.lead", { total: all.length - waiting, waiting })}</p>
        </div>
        {rights.write && (
          <span className="hub-add">
            <Button icon="link" onPress={() => setLinking(true)}>
              {t("hub.addLink")}
            </Button>
            <Button look="main" icon="arrowUp" onPress={() => chooseFiles(true, uploads.send)}>
              {t("hub.upload")}
            </Button>
          </span>
        )}
      </header>
      {all.length > 0 && <TextField className="hub-search" label={t("hub.search")} hideLabel placeholder={t("hub.search")} value={search} onChange={setSearch} type="search" />}
      <UploadList uploads={uploads} />
      {pinned.length > 0 && (
        <section aria-label={t("hub.pinned")}>
          <ul className="hub-pinned">
            {pinned.map((one) => (
              <li key={one.id}>
                <OpenResource one={one} named />
              </li>
            ))}
          </ul>
        </section>
      )}
      {FOLDER_IDS.map((folder) => {
        const here = shown.filter((one) => folderOf(one.type) === folder);
        if (here.length === 0) return null;
        return (
          <section key={folder} className="hub-folder" aria-labelledby={`folder-${folder}`}>
            <h2 className="page-heading" id={`folder-${folder}`}>
              {t(folderMessage(folder))}
            </h2>
            <ul className="resources">
              {here.map((one, at) => (
                <ResourceRow key={one.id} one={one} steps={steps.get(one.id) ?? none} uploads={uploads} above={here[at - 1]} below={here[at + 1]} afterBelow={here[at + 2]} />
              ))}
            </ul>
          </section>
        );
      })}
      {shown.length === 0 && <p className="resource-empty">{t(words === "" ? "hub.nothing" : "hub.notFound")}</p>}
      {rights.write && (
        <p className="hub-hint">
          {t("hub.dropHint")}
          {uploads.limits && ` ${t("hub.limits", { max: sizeWords(uploads.limits.maxBytes, intl.locale), used: sizeWords(uploads.limits.used, intl.locale), quota: sizeWords(uploads.limits.quota, intl.locale) })}`}
        </p>
      )}
      {linking && <LinkDialog onClose={() => setLinking(false)} />}
    </div>
  );
}

const none: readonly NodeSnapshot[] = [];

function useStepsByResource(): ReadonlyMap<ResourceSnapshot["id"], readonly NodeSnapshot[]> {
  const { store } = useScreen();
  const { top } = useReadable(store.tree);
  const nodes = useNodes(useMemo(() => stepIds(top), [top]));
  return useMemo(() => {
    const by = new Map<ResourceId, NodeSnapshot[]>();
    for (const node of nodes) for (const id of node?.links ?? []) if (node) by.set(id, [...(by.get(id) ?? []), node]);
    return by;
  }, [nodes]);
}

/** A file pasted anywhere but into a field is meant for the plan. */
function usePastedFiles(may: boolean, send: (files: Iterable<File>) => void): void {
  useEffect(() => {
    if (!may) return;
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || (event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]"))) return;
      event.preventDefault();
      send(files);
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, [may, send]);
}
