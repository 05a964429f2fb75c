import { useState } from "react";
import { useIntl } from "react-intl";
import { hostOf, resourceName } from "../../../plan/resources";
import type { ResourceSnapshot } from "../../../plan/view";
import { Icon } from "../../../ui/icons";
import { useProblem } from "../../../ui/problem";
import { useText } from "../../../ui/text";
import { useScreen } from "../screen";
import { sizeWords } from "./words";

/** The way to what a resource holds: a link with its host in sight, or a file to save. */
export function OpenResource({ one, named = false }: { one: ResourceSnapshot; named?: boolean }) {
  const t = useText();
  const problem = useProblem();
  const intl = useIntl();
  const { files } = useScreen();
  const [error, setError] = useState<string | null>(null);
  const name = resourceName(one);
  if (one.url !== "") {
    return (
      <a className="resource-open" href={one.url} target="_blank" rel="noopener noreferrer nofollow">
        <Icon name="link" size={16} />
        {named && <span>{name} </span>}
        <span className={named ? "resource-host" : ""}>{hostOf(one.url)}</span>
        <span className="visually-hidden"> {t("hub.newTab")}</span>
      </a>
    );
  }
  if (one.blob === "") return <span className="resource-empty">{named ? t("hub.slotNamed", { name }) : t("hub.slot")}</span>;
  const label = named ? name : one.file;
  const size = one.size === null ? "" : sizeWords(one.size, intl.locale);
  return (
    <>
      <button
        type="button"
        className="resource-open"
        disabled={files === null}
        onClick={() => {
          setError(null);
          files
            ?.download(one.blob, one.file)
            .then((content) => saveAs(content, one.file))
            .catch((cause: unknown) => setError(problem(cause)));
        }}
      >
        <Icon name="arrowDown" size={16} />
        <span>{label} </span>
        <span className="resource-host">{size}</span>
        <span className="visually-hidden"> {t("hub.download")}</span>
      </button>
      {error !== null && (
        <span className="upload-error" role="alert">
          {error}
        </span>
      )}
    </>
  );
}

function saveAs(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
