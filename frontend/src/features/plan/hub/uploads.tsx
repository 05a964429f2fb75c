import { useCallback, useRef, useState } from "react";
import { newId } from "../../../plan/id";
import type { NodeId, ResourceId } from "../../../plan/schema";
import { ApiError } from "../../../sync/api";
import type { FileLimits, FileTarget } from "../../../sync/files";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton } from "../../../ui/button";
import { useText } from "../../../ui/text";
import { useScreen } from "../screen";
import { refusalOf, useFileLimits, useFileProblem } from "./file-problem";

/** One file on its way into the plan, or one that did not get there. */
interface Upload {
  readonly id: string;
  readonly file: File;
  readonly target: FileTarget;
  readonly part: number;
  readonly error: string | null;
}

export interface Uploads {
  readonly list: readonly Upload[];
  readonly send: (files: Iterable<File>, to?: { readonly resource?: ResourceId; readonly node?: NodeId }) => void;
  readonly retry: (id: string) => void;
  /** Stops one that is being sent, or puts away one that failed. */
  readonly drop: (id: string) => void;
  /** What the server takes, null while it isn't known. */
  readonly limits: FileLimits | null;
}

/** What is being sent from this part of the screen. `eager`: what the server takes is asked before anything is sent. */
export function useUploads(eager = false): Uploads {
  const t = useText();
  const { files } = useScreen();
  const announce = useAnnounce();
  const [list, setList] = useState<readonly Upload[]>([]);
  const [asked, setAsked] = useState(eager ? 1 : 0);
  const limits = useFileLimits(asked);
  const words = useFileProblem(limits);
  const stops = useRef(new Map<string, AbortController>());

  const change = useCallback((id: string, to: Partial<Upload> | null) => {
    setList((now) => now.flatMap((one) => (one.id !== id ? one : to === null ? [] : { ...one, ...to })));
  }, []);

  const start = useCallback(
    (upload: Upload) => {
      if (!files) return;
      const refusal = refusalOf(upload.file, limits);
      if (refusal !== null) {
        change(upload.id, { error: words(refusal, upload.file) });
        return;
      }
      const stop = new AbortController();
      stops.current.set(upload.id, stop);
      files
        .upload(upload.file, upload.target, (part) => change(upload.id, { part }), stop.signal)
        .then(() => {
          change(upload.id, null);
          announce(t("hub.uploaded", { name: upload.file.name }));
        })
        .catch((cause: unknown) => {
          if (cause instanceof ApiError && cause.code === "cancelled") change(upload.id, null);
          else change(upload.id, { error: words(cause, upload.file) });
        })
        .finally(() => {
          stops.current.delete(upload.id);
          setAsked((n) => n + 1);
        });
    },
    [files, limits, words, change, announce, t],
  );

  const send = useCallback<Uploads["send"]>(
    (chosen, to = {}) => {
      const fresh = [...chosen].map((file): Upload => {
        const resource = to.resource ?? newId();
        return { id: newId(), file, part: 0, error: null, target: { resource, ...(to.node === undefined ? {} : { node: to.node }) } };
      });
      setList((now) => [...now, ...fresh]);
      fresh.forEach(start);
    },
    [start],
  );
  const retry = (id: string) => {
    const upload = list.find((one) => one.id === id);
    if (!upload) return;
    change(id, { error: null, part: 0 });
    start(upload);
  };
  const drop = (id: string) => {
    const stop = stops.current.get(id);
    if (stop) stop.abort();
    else change(id, null);
  };
  return { list, send, retry, drop, limits };
}

/** Progress of each, with a way to stop it; and what went wrong, with a way to try again where that can help. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  const t = useText();
  if (uploads.list.length === 0) return null;
  return (
    <ul className="uploads" aria-label={t("hub.uploads")}>
      {uploads.list.map((one) => (
        <li key={one.id} className={`upload${one.error === null ? "" : " upload-failed"}`}>
          <span className="upload-name">{one.file.name}</span>
          {one.error === null ? (
            <progress className="upload-bar" max={1} value={one.part} aria-label={t("hub.uploading", { name: one.file.name })} />
          ) : (
            <span className="upload-error" role="alert">
              {one.error}
            </span>
          )}
          {one.error !== null && refusalOf(one.file, uploads.limits) === null && (
            <Button look="quiet" small onPress={() => uploads.retry(one.id)}>
              {t("hub.retry")}
            </Button>
          )}
          <IconButton
            icon="close"
            small
            label={t(one.error === null ? "hub.cancelUpload" : "hub.dismissUpload", { name: one.file.name })}
            onPress={() => uploads.drop(one.id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Asks for files by the system's own dialog. */
export function chooseFiles(many: boolean, onChosen: (files: readonly File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = many;
  input.onchange = () => onChosen([...(input.files ?? [])]);
  input.click();
}
