import { Dialog } from "../../../ui/dialog";
import { isApple, redoKeys, undoKeys } from "../../../ui/platform";
import { useText, type MessageId } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useList } from "./state";

interface Keys {
  readonly keys: readonly string[];
  readonly does: MessageId;
}

const command = isApple ? "⌘" : "Ctrl";
const alt = isApple ? "⌥" : "Alt";

const groups: readonly { readonly title: MessageId; readonly keys: readonly Keys[] }[] = [
  {
    title: "keys.writing",
    keys: [
      { keys: ["Enter"], does: "keys.below" },
      { keys: ["Enter", "Enter"], does: "keys.out" },
      { keys: ["Tab"], does: "keys.indent" },
      { keys: ["Shift Tab"], does: "keys.outdent" },
      { keys: [`${command} ]`, `${command} [`], does: "keys.levels" },
      { keys: ["Backspace"], does: "keys.blank" },
      { keys: ["↑", "↓"], does: "keys.titles" },
      { keys: [`${alt} ↑`, `${alt} ↓`], does: "keys.move" },
      { keys: [`${command} Enter`], does: "keys.done" },
      { keys: [`${command} V`], does: "keys.paste" },
      { keys: ["Esc"], does: "keys.leave" },
    ],
  },
  {
    title: "keys.rows",
    keys: [
      { keys: ["↑", "↓"], does: "keys.rowsMove" },
      { keys: ["Shift ↑", "Shift ↓"], does: "keys.range" },
      { keys: ["Space"], does: "keys.select" },
      { keys: [`${command} A`], does: "keys.all" },
      { keys: ["M"], does: "keys.bar" },
      { keys: ["O"], does: "keys.owner" },
      { keys: ["D"], does: "keys.due" },
      { keys: ["S"], does: "keys.status" },
      { keys: ["←", "→"], does: "keys.fold" },
      { keys: [`${command} D`], does: "keys.duplicate" },
      { keys: ["Delete"], does: "keys.delete" },
      { keys: ["Enter"], does: "keys.write" },
      { keys: ["Esc"], does: "keys.none" },
    ],
  },
  {
    title: "keys.anywhere",
    keys: [
      { keys: [`${command} K`, "/"], does: "search.title" },
      { keys: [undoKeys], does: "keys.undo" },
      { keys: [redoKeys], does: "keys.redo" },
      { keys: ["?", `${command} /`], does: "keys.help" },
    ],
  },
];

/** Every key of the plan, in three groups. */
export default function KeysHelp() {
  const t = useText();
  const { help } = useList();
  const isOpen = useReadable(help);
  return (
    <Dialog title={t("keys.title")} closeLabel={t("action.close")} isOpen={isOpen} onOpenChange={(open) => help.set(open)} wide>
      <div className="keys">
        {groups.map((group) => (
          <section key={group.title} className="keys-group">
            <h3 className="keys-title">{t(group.title)}</h3>
            <dl className="keys-list">
              {group.keys.map(({ keys, does }) => (
                <div key={does} className="keys-row">
                  <dt>
                    {keys.map((key, at) => (
                      <kbd key={at}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{t(does)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
