/**
 * The plan: a document, how to read it, and every edit a person can make. No React, no sockets.
 *
 * ```ts
 * const store = createPlanStore(doc);          // doc: a Y.Doc, synced or not; nothing is written to it
 * const { plan } = store;                      // handles for the edit functions
 * useSyncExternalStore(r.subscribe, r.get);    // r: any Readable below; same object until it changes
 *
 * store.ready                false until the server's initial content is there
 * store.meta                 { title, noun, status, planId, schema, epoch }
 * store.anchor               { kind, date, provisional, event }
 * store.tree                 { top: TreeNode[] (stages first), bin: NodeId[], warnings }; order and nesting only
 * store.node(id)             { title, noteText, why, status, side, due, start, days, likelyBlocker, owners, kind, del, … }
 * store.roles                RoleSnapshot[]
 * store.threads              ThreadSnapshot[]; store.threadsOn(nodeId) those of one step
 * store.gate(id)             the step's gate with its decisions, or null; store.locks: stages that wait for one
 * store.rules                RuleView[]; where they stand today: ruleStatuses
 * store.progress             { done, total } steps (milestones and tasks; skipped and subtasks don't count)
 * store.summaryText          plain text of the executive summary
 *
 * plan.summary               Y.XmlFragment for the summary's editor
 * noteOf(plan, id)           Y.XmlFragment for a step's description
 *
 * addStage addStep moveNode canMove nudge nudgeSpot removeNode restoreNode
 * setTitle setWhy setStatus setSide setDue setStart setDays setLikelyBlocker
 * setAccountable setContributor addRole setPlanTitle setNoun setPlanStatus setAnchor
 *                            each one transaction and one undo entry; EditError (a sentence) when impossible
 * createUndo(plan, [ySyncPluginKey])   { undo, redo, state: Readable<{canUndo, canRedo}>, manager, close }
 * ```
 *
 * Titles: `setTitle(plan, id, text, "typing")` on each keystroke shows it live and makes one undo entry per
 * burst; `setTitle(plan, id, text)` commits at once. A `Spot` is `{ parent, before }`: before a sibling, or
 * null for the end. Comments are commands to the server, not edits; see sync.
 */
export * from "./edit";
export * from "./gate";
export * from "./gate-state";
export * from "./gates";
export * from "./rule";
export * from "./rules";
export * from "./ord";
export * from "./people";
export * from "./project";
export * from "./readable";
export * from "./resources";
export * from "./richtext";
export * from "./schema";
export * from "./store";
export * from "./tree";
export { createUndo, Typing, type Undo, type UndoState } from "./undo";
export * from "./view";
export * from "./why";
