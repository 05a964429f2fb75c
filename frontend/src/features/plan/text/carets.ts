import type { Plugin } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";
import { inkOn } from "../../../ui/avatar";

/** How long a name stays beside a caret that moved, in milliseconds. */
const NAME_MS = 2200;

interface CaretUser {
  readonly name?: unknown;
  readonly color?: unknown;
}

const COLOR = /^#[0-9a-f]{6}$/i;
const colorOf = (user: CaretUser) => (typeof user.color === "string" && COLOR.test(user.color) ? user.color : "#5d6e76");
const nameOf = (user: CaretUser) => (typeof user.name === "string" ? user.name : "");

/** Others' carets and selections. */
export function caretPlugin(awareness: Awareness): Plugin {
  return yCursorPlugin(awareness, {
    // The person's own other tabs show too; this tab's caret is the browser's.
    awarenessStateFilter: (own: unknown, other: unknown, state: { user?: CaretUser } | null) =>
      own !== other && nameOf(state?.user ?? {}) !== "",
    cursorBuilder: (user: CaretUser, clientId: number) => {
      const caret = document.createElement("span");
      caret.className = "caret caret-moved";
      caret.dataset["client"] = String(clientId);
      caret.style.setProperty("--caret", colorOf(user));
      caret.style.setProperty("--caret-ink", inkOn(colorOf(user)));
      const label = document.createElement("span");
      label.className = "caret-name";
      label.textContent = nameOf(user);
      // Word joiners keep the line from breaking at the caret.
      caret.append("\u2060", label, "\u2060");
      caret.setAttribute("aria-hidden", "true");
      return caret;
    },
    selectionBuilder: (user: CaretUser) => ({
      class: "caret-selection",
      style: `--caret: ${colorOf(user)}`,
    }),
  }) as Plugin;
}

/** Shows a caret's name for a moment whenever it moves. Returns what stops it. */
export function watchCarets(view: EditorView, awareness: Awareness): () => void {
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const at = new Map<number, string>();
  const find = (client: number) => view.dom.querySelector<HTMLElement>(`.caret[data-client="${client}"]`);
  const onChange = ({ added, updated }: { added: number[]; updated: number[] }) => {
    for (const client of [...added, ...updated]) {
      const cursor = JSON.stringify(awareness.getStates().get(client)?.["cursor"] ?? null);
      if (at.get(client) === cursor) continue;
      at.set(client, cursor);
      clearTimeout(timers.get(client));
      find(client)?.classList.add("caret-moved");
      timers.set(client, setTimeout(() => find(client)?.classList.remove("caret-moved"), NAME_MS));
    }
  };
  awareness.on("change", onChange);
  onChange({ added: [...awareness.getStates().keys()], updated: [] });
  return () => {
    awareness.off("change", onChange);
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
