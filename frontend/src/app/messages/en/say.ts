/** What the history tells. The sentences are the server’s own, which says them in English where no page does. */
import sentences from "../../../../../server/replay/sentences.json";

export const say = {
  ...sentences,
  "say.untitled": "{kind, select, stage {an untitled stage} subtask {an untitled subtask} milestone {an untitled step} task {an untitled step} other {untitled}}",
  "say.quote": "“{text}”",
  "say.more": "{n} more",
  "say.by": "{who} ({role, select, owner {owner} seller {seller} buyer {buyer} champion {champion} commenter {commenter} viewer {viewer} auditor {auditor} other {{role}}}) {what}",
  "say.bySystem": "{who} {what}",
  "say.someone": "Someone",
} as const;
