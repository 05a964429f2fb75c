import type { Folder, ResourceType } from "../../../plan/resources";
import type { MessageId } from "../../../ui/text";

export const typeMessage = (type: ResourceType): MessageId => `hub.type.${type}`;
export const folderMessage = (folder: Folder): MessageId => `hub.folder.${folder}`;

/** A file's size as people say it, counted as the limits are set: 25 MiB are “25 MB”. */
export function sizeWords(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, bytes <= 0 ? 1 : Math.floor(Math.log2(bytes) / 10));
  const unit = units[step] ?? "byte";
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0 }).format(bytes / 1024 ** step);
}
