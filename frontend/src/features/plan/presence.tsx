import { useEffect, useMemo } from "react";
import type { Awareness } from "y-protocols/awareness";
import { Avatar } from "../../ui/avatar";
import { PlainButton } from "../../ui/button";
import { MenuButton, MenuItem } from "../../ui/menu";
import { useText } from "../../ui/text";
import { useReadable, type ReadableLike } from "../../ui/use-readable";
import { roleMessage } from "../../ui/roles";
import { useScreen } from "./screen";

export interface Present {
  readonly client: number;
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly color: string;
  /** The field with the caret in it. */
  readonly field: string | null;
}

const str = (value: unknown): string => (typeof value === "string" ? value : "");

function readPresent(awareness: Awareness): Present[] {
  const here: Present[] = [];
  awareness.getStates().forEach((state, client) => {
    if (client === awareness.clientID) return;
    const user = (state["user"] ?? {}) as Record<string, unknown>;
    const id = str(user["id"]);
    const name = str(user["name"]);
    if (id === "" && name === "") return; // not stamped by the server yet
    here.push({
      client,
      id: id || String(client),
      name,
      role: str(user["role"]),
      color: /^#[0-9a-f]{6}$/i.test(str(user["color"])) ? str(user["color"]) : "#5d6e76",
      field: str(state["field"]) || null,
    });
  });
  return here;
}

const empty: readonly Present[] = [];
const nobody: ReadableLike<readonly Present[]> = { get: () => empty, subscribe: () => () => undefined };

function same(a: readonly Present[], b: readonly Present[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What `read` makes of everyone's presence; the same value while `isSame` says so. */
function watch<T>(
  awareness: Awareness,
  read: (here: readonly Present[]) => T,
  isSame: (a: T, b: T) => boolean,
): ReadableLike<T> {
  let last = read(readPresent(awareness));
  return {
    get: () => last,
    subscribe: (onChange) => {
      const listener = () => {
        const now = read(readPresent(awareness));
        if (isSame(now, last)) return;
        last = now;
        onChange();
      };
      listener();
      awareness.on("change", listener);
      return () => awareness.off("change", listener);
    },
  };
}

const presentBy = new WeakMap<Awareness, ReadableLike<readonly Present[]>>();

/** Everyone else with this plan open, one entry per tab. Moving a caret doesn't count as a change. */
export function usePresent(): readonly Present[] {
  const { awareness } = useScreen();
  let readable = awareness ? presentBy.get(awareness) : nobody;
  if (awareness && !readable) {
    readable = watch(awareness, (here) => here, same);
    presentBy.set(awareness, readable);
  }
  return useReadable(readable ?? nobody);
}

/** Tells the others which plain field the caret is in; rich text shows real carets instead. */
export function usePublishField(): void {
  const { awareness } = useScreen();
  useEffect(() => {
    if (!awareness) return;
    const publish = () => {
      const element = document.activeElement;
      const field = element instanceof HTMLTextAreaElement ? (element.dataset["field"] ?? null) : null;
      if ((awareness.getLocalState()?.["field"] ?? null) !== field) awareness.setLocalStateField("field", field);
    };
    const later = () => setTimeout(publish);
    document.addEventListener("focusin", publish);
    document.addEventListener("focusout", later);
    return () => {
      document.removeEventListener("focusin", publish);
      document.removeEventListener("focusout", later);
    };
  }, [awareness]);
}

const noOne: ReadableLike<string> = { get: () => "", subscribe: () => () => undefined };

/** Names and colours of those in the field, as one text that can be compared. */
const typists = (field: string) => (here: readonly Present[]) =>
  here
    .filter((one) => one.field === field)
    .map((one) => `${one.name}\u0000${one.color}`)
    .join("\u0001");

/** Small marks of those who are typing in this field. */
export function FieldPresence({ field }: { field: string }) {
  const { awareness } = useScreen();
  const readable = useMemo(() => (awareness ? watch(awareness, typists(field), Object.is) : noOne), [awareness, field]);
  const here = useReadable(readable);
  const t = useText();
  if (here === "") return null;
  return (
    <span className="field-presence">
      {here.split("\u0001").map((one) => {
        const [name = "", color = ""] = one.split("\u0000");
        return (
          <span key={one} title={t("presence.typing", { name })}>
            <Avatar name={name} color={color} size={20} />
          </span>
        );
      })}
    </span>
  );
}

/** Who is here, each person once. */
export function PresenceBar({ max }: { max: number }) {
  const t = useText();
  const { person } = useScreen();
  const present = usePresent();
  const people = [...new Map(present.map((one) => [one.id, one])).values()].filter((one) => one.id !== person?.id);
  const shown = people.slice(0, people.length > max ? max - 1 : max);
  const rest = people.slice(shown.length);
  return (
    <div className="presence">
      <ul className="presence-list" aria-label={t("presence.label", { count: people.length })}>
        {shown.map((one) => (
          <li key={one.id}>
            <PersonMark name={one.name} role={one.role} color={one.color} />
          </li>
        ))}
      </ul>
      {rest.length > 0 && (
        <MenuButton
          aria-label={t("presence.rest", { count: rest.length })}
          placement="bottom end"
          button={
            <PlainButton className="presence-rest" aria-label={t("presence.rest", { count: rest.length })}>
              +{rest.length}
            </PlainButton>
          }
        >
          {rest.map((one) => (
            <MenuItem key={one.id} lead={<Avatar name={one.name} color={one.color} size={22} />}>
              {`${one.name}, ${t(roleMessage(one.role))}`}
            </MenuItem>
          ))}
        </MenuButton>
      )}
    </div>
  );
}

function PersonMark({ name, role, color }: { name: string; role: string; color: string }) {
  const t = useText();
  const label = `${name}, ${t(roleMessage(role))}`;
  return (
    <PlainButton className="presence-person" aria-label={label} data-hint={label}>
      <Avatar name={name} color={color} size={30} />
    </PlainButton>
  );
}
