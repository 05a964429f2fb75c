import type { MessageId } from "./text";

const messages: Record<string, MessageId> = {
  owner: "role.owner",
  seller: "role.seller",
  buyer: "role.buyer",
  champion: "role.champion",
  commenter: "role.commenter",
  viewer: "role.viewer",
  auditor: "role.auditor",
};

/** What a person may be called by their role; a neutral word for one this version doesn't know. */
export function roleMessage(role: string): MessageId {
  return messages[role] ?? "role.other";
}
