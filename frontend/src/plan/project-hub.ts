/** Reads how both sides work together, and the resources. As in `server/plan/read_hub.go`. */
import { Fields, mapsIn, type Warning } from "./fields";
import { compareText } from "./richtext";
import { LIMITS, NODE, RESOURCE, ROOT, SIDES, WORKING, type Plan, type Side } from "./schema";

export interface WorkingView {
  readonly channel: string;
  readonly cadence: string;
  readonly response: string;
}

export interface ResourceView {
  readonly id: string;
  readonly title: string;
  /** http or https, or "". */
  readonly url: string;
  /** SHA-256 of the file's content in hex, or "". */
  readonly blob: string;
  readonly file: string;
  /** Bytes. */
  readonly size: number | null;
  readonly mime: string;
  readonly type: string;
  readonly pinned: boolean;
  readonly side: Side | "";
  readonly ord: string;
}

export function readWorkingView(plan: Plan, warnings: Warning[] = []): WorkingView {
  const f = new Fields(warnings, plan.working, ROOT.working);
  return { channel: f.text(WORKING.channel), cadence: f.text(WORKING.cadence), response: f.text(WORKING.response) };
}

export function readResourceViews(plan: Plan, warnings: Warning[] = []): ResourceView[] {
  return mapsIn(warnings, plan.resources, ROOT.resources)
    .filter(([, f]) => f.text(RESOURCE.del) === "")
    .map(
      ([id, f]): ResourceView => ({
        id,
        title: f.text(RESOURCE.title),
        url: checked(f, RESOURCE.url, isWebUrl),
        blob: checked(f, RESOURCE.blob, (text) => /^[0-9a-f]{64}$/.test(text)),
        file: f.text(RESOURCE.file),
        size: f.integer(RESOURCE.size),
        mime: f.text(RESOURCE.mime),
        type: f.text(RESOURCE.type),
        pinned: f.flag(RESOURCE.pinned),
        side: f.oneOf(RESOURCE.side, SIDES, ""),
        ord: f.text(RESOURCE.ord),
      }),
    )
    .sort((a, b) => compareText(a.ord, b.ord) || compareText(a.id, b.id));
}

function checked(f: Fields, key: string, good: (text: string) => boolean): string {
  const text = f.text(key);
  if (text === "" || good(text)) return text;
  f.odd(key);
  return "";
}

/** Whether this is an http or https address without blanks: any other scheme could run something when clicked. */
export function isWebUrl(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (text.length > LIMITS.url || /[\u0000-\u0020]/.test(text)) return false;
  return /^(http|https|HTTP|HTTPS|Http|Https):\/\/[^/]/.test(text);
}

/** Ids of a node's resources. */
export function readLinks(f: Fields): string[] {
  const links: string[] = [];
  for (const [id, value] of f.entries(NODE.links)) {
    if (value === true) links.push(id);
    else f.odd(`${NODE.links}/${id}`);
  }
  return links.sort(compareText);
}
