/** Edits of links, files and slots, and of what is attached to steps. One function, one transaction, one undo entry. */
import * as Y from "yjs";
import { checkLength, EditError, need, pick, write } from "./edit";
import { newId } from "./id";
import { ordBetween, ordSpread } from "./ord";
import { isWebUrl, readResourceViews } from "./project-hub";
import { LIMITS, NODE, RESOURCE, resourceId, type NodeId, type Plan, type ResourceId, type Side } from "./schema";
import { markAdded } from "./undo";

/** What a resource can be for. Any other word is shown among the rest. */
export const RESOURCE_TYPES = ["security", "roi", "msa", "dpa", "order", "onboarding", "presentation", "recording", "other"] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** Where types are kept on the page, in this order. */
export const FOLDERS = {
  value: ["roi", "presentation", "recording"],
  security: ["security"],
  legal: ["msa", "dpa"],
  commercial: ["order"],
  delivery: ["onboarding"],
  other: ["other"],
} as const satisfies Record<string, readonly ResourceType[]>;
export type Folder = keyof typeof FOLDERS;
export const FOLDER_IDS = Object.keys(FOLDERS) as Folder[];

export const typeOf = (type: string): ResourceType => RESOURCE_TYPES.find((one) => one === type) ?? "other";

export function folderOf(type: string): Folder {
  const known = typeOf(type);
  return FOLDER_IDS.find((folder) => (FOLDERS[folder] as readonly string[]).includes(known)) ?? "other";
}

function needResource(plan: Plan, id: ResourceId): Y.Map<unknown> {
  const map = plan.resources.get(id);
  if (!(map instanceof Y.Map) || map.has(RESOURCE.del)) throw new EditError("gone", "That resource is no longer in the plan.");
  return map as Y.Map<unknown>;
}

/** The address as it will be kept; one typed without a scheme is meant for the web. */
export function cleanUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new EditError("empty", "A link needs an address.");
  const url = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !/^[^/]+\.[^/]*:\d/.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (url.length > LIMITS.url) throw new EditError("url", `An address can have ${LIMITS.url} characters at most; this has ${url.length}.`);
  const proper = url.replace(/^https?/i, (scheme) => scheme.toLowerCase());
  if (!isWebUrl(proper) || !URL.canParse(proper)) {
    throw new EditError("url", "Only addresses of web pages can be added: they begin with https:// or http://.");
  }
  return proper;
}

/** The machine an address leads to, for people to see before they click; "" when it can't be told. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

/** What a resource is called: its title, else its file's name, else where it leads. */
export const resourceName = (one: { readonly title: string; readonly file: string; readonly url: string }): string =>
  one.title || one.file || hostOf(one.url) || one.url;

export interface NewResource {
  readonly title: string;
  /** A link's address; absent for a slot that waits to be filled. */
  readonly url?: string;
  readonly type?: string;
  readonly side?: Side;
  /** A step to attach it to. */
  readonly node?: NodeId;
}

/** Adds a link, or a slot for one, and returns its id. */
export function addResource(plan: Plan, given: NewResource): ResourceId {
  const url = given.url === undefined ? undefined : cleanUrl(given.url);
  const title = given.title.trim() || (url === undefined ? "" : hostOf(url));
  if (title === "") throw new EditError("empty", "Say what belongs here.");
  checkLength(title, LIMITS.title, "A title");
  if (plan.resources.size >= LIMITS.resources) {
    throw new EditError("full", `A plan holds ${LIMITS.resources} resources at most, removed ones included.`);
  }
  const node = given.node === undefined ? undefined : need(plan, given.node);
  const id = resourceId(newId());
  const last = readResourceViews(plan).at(-1)?.ord ?? null;
  write(plan, (transaction) => {
    const map = new Y.Map<unknown>();
    plan.resources.set(id, map);
    map.set(RESOURCE.title, title);
    if (url !== undefined) map.set(RESOURCE.url, url);
    if (given.type !== undefined) map.set(RESOURCE.type, given.type);
    if (given.side !== undefined) map.set(RESOURCE.side, given.side);
    map.set(RESOURCE.ord, ordBetween(last, null) ?? ordBetween(null, null) ?? "V");
    if (node) linksOf(node).set(id, true);
    markAdded(transaction, map, new Date().toISOString());
  });
  return id;
}

/** Puts a link where a slot was empty, or in place of what was there. */
export function setResourceUrl(plan: Plan, id: ResourceId, text: string): void {
  const map = needResource(plan, id);
  const url = cleanUrl(text);
  if (map.get(RESOURCE.url) === url && !map.has(RESOURCE.blob)) return;
  write(plan, () => {
    map.set(RESOURCE.url, url);
    for (const key of FILE_KEYS) if (map.has(key)) map.delete(key);
  });
}

const FILE_KEYS = [RESOURCE.blob, RESOURCE.file, RESOURCE.size, RESOURCE.mime] as const;

/** Takes the link or file out and keeps the place for another. */
export function emptyResource(plan: Plan, id: ResourceId): void {
  const map = needResource(plan, id);
  const filled = [RESOURCE.url, ...FILE_KEYS].filter((key) => map.has(key));
  if (filled.length === 0) return;
  write(plan, () => {
    for (const key of filled) map.delete(key);
  });
}

export function setResourceTitle(plan: Plan, id: ResourceId, title: string): void {
  const text = title.trim();
  if (text === "") throw new EditError("empty", "A resource needs a title.");
  checkLength(text, LIMITS.title, "A title");
  pick(plan, needResource(plan, id), RESOURCE.title, text);
}

export function setResourceType(plan: Plan, id: ResourceId, type: ResourceType): void {
  pick(plan, needResource(plan, id), RESOURCE.type, type);
}

export function setResourceSide(plan: Plan, id: ResourceId, side: Side): void {
  pick(plan, needResource(plan, id), RESOURCE.side, side);
}

export function setPinned(plan: Plan, id: ResourceId, pinned: boolean): void {
  pick(plan, needResource(plan, id), RESOURCE.pinned, pinned ? true : null);
}

/** Takes a resource out of the plan; undo brings it back, file and all. */
export function removeResource(plan: Plan, id: ResourceId): void {
  const map = needResource(plan, id);
  write(plan, () => void map.set(RESOURCE.del, new Date().toISOString()));
}

/** Puts a resource before another of the page's order; null means the end. */
export function moveResource(plan: Plan, id: ResourceId, before: ResourceId | null): void {
  needResource(plan, id);
  const list = readResourceViews(plan).filter((one) => one.id !== id);
  const found = before === null ? -1 : list.findIndex((one) => one.id === before);
  const at = found === -1 ? list.length : found;
  const ord = ordBetween(list[at - 1]?.ord ?? null, list[at]?.ord ?? null);
  if (ord !== undefined) {
    pick(plan, needResource(plan, id), RESOURCE.ord, ord);
    return;
  }
  // Neighbours hold equal or unusable keys: the whole list, which is short, gets fresh ones.
  const order = [...list.slice(0, at).map((one) => one.id), id, ...list.slice(at).map((one) => one.id)];
  const keys = ordSpread(order.length);
  write(plan, () => {
    order.forEach((one, n) => needResource(plan, resourceId(one)).set(RESOURCE.ord, keys[n]));
  });
}

function linksOf(node: Y.Map<unknown>): Y.Map<unknown> {
  const links = node.get(NODE.links);
  if (links instanceof Y.Map) return links as Y.Map<unknown>;
  const fresh = new Y.Map<unknown>();
  node.set(NODE.links, fresh);
  return fresh;
}

export function attachResource(plan: Plan, node: NodeId, id: ResourceId): void {
  const map = need(plan, node);
  needResource(plan, id);
  const links = map.get(NODE.links);
  if (links instanceof Y.Map && (links as Y.Map<unknown>).get(id) === true) return;
  write(plan, () => void linksOf(map).set(id, true));
}

export function detachResource(plan: Plan, node: NodeId, id: ResourceId): void {
  const links = need(plan, node).get(NODE.links);
  if (!(links instanceof Y.Map) || !links.has(id)) return;
  write(plan, () => links.delete(id));
}
