/**
 * Moving the document: one connection to the server, a copy on this device, and words for the state of
 * both. No React.
 *
 * ```ts
 * const session = openPlanSession({ planId, token, person });  // person: id from api.self(), names the local copy
 * session.live      Readable<Live>: { generation, doc, awareness }. After a reset the document is a new one: key
 *                   the plan screen by `generation` and it mounts afresh
 * session.status    Readable<Status>: { kind, text, pending, … }; `text` is the sentence to show
 * session.hello     Readable<Hello | null>: { person, can, seq, … } as the server said it last
 * session.proposals Readable<Proposal[]>: edits the server refused, readable; session.dismiss(id)
 * session.command("comment.add", args)   Promise of the result; CommandError with a sentence
 * session.onEntry(fn)                    an edit of somebody else arrived: { seq, person }
 * session.close()
 *
 * const api = createApi({ token });      // or createApi() without a token
 * api.templates(language) api.createPlan() api.plan(id) api.history(id, …) api.self() api.join(name) api.links(id) api.demo()
 * ```
 *
 * const entries = await loadHistory(api, planId, { progress });
 * const replay = new Replay(entries);    // entries[i]: { seq, at, actor, sentence, … }
 * replay.seek(n)                         Y.Doc after the first n entries: createPlanStore(doc) or readPlan(openPlan(doc))
 *
 * Without a server: give `createPlanStore` any `new Y.Doc()`.
 */
export * from "./close";
export * from "./person";
export * from "./status";
export * from "./api";
export { CommandError, type CommandCode } from "./commands";
export { RemoteOrigin } from "./origin";
export type { RemoteEntry } from "./provider";
export { loadHistory, Replay } from "./replay";
export { openPlanSession, type Live, type PlanSession, type SessionOptions } from "./session";
export type { Hello } from "./wire";
