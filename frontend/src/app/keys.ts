/** Which person this browser is in a plan: the personal link's token and what the server said of it. */
export interface Key {
  readonly plan: string;
  readonly token: string;
  readonly person: string;
  readonly name: string;
  readonly role: string;
  readonly side: string;
  readonly can: { readonly write: boolean; readonly comment: boolean; readonly history: boolean };
}

const nameOf = (plan: string) => `coplan.key.${plan}`;

/**
 * Kept for the browser, and for this tab apart, so that two tabs can be two people of one plan. The last
 * link used is what new tabs start with.
 */
export function saveKey(key: Key): void {
  const text = JSON.stringify(key);
  for (const storage of storages()) {
    try {
      storage.setItem(nameOf(key.plan), text);
    } catch {
      // A full or closed storage costs the convenience only: the link itself keeps working.
    }
  }
}

export function readKey(plan: string): Key | null {
  for (const storage of storages()) {
    try {
      const key = parseKey(storage.getItem(nameOf(plan)));
      if (key) return key;
    } catch {
      continue;
    }
  }
  return null;
}

/** Everyone this browser is, one person per plan: what its own list of plans is made of. */
export function allKeys(): readonly Key[] {
  const found = new Map<string, Key>();
  for (const storage of storages()) {
    for (let at = 0; at < storage.length; at++) {
      const name = storage.key(at);
      if (name === null || !name.startsWith(nameOf(""))) continue;
      const key = parseKey(storage.getItem(name));
      if (key && !found.has(key.plan)) found.set(key.plan, key);
    }
  }
  return [...found.values()];
}

function storages(): Storage[] {
  const found: Storage[] = [];
  for (const pick of [() => sessionStorage, () => localStorage]) {
    try {
      found.push(pick());
    } catch {
      // The browser's settings forbid storage.
    }
  }
  return found;
}

export function parseKey(text: string | null): Key | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { plan, token, person, name, role, side, can } = value as Record<string, unknown>;
  if (typeof plan !== "string" || typeof token !== "string" || typeof person !== "string") return null;
  const rights = (typeof can === "object" && can !== null ? can : {}) as Record<string, unknown>;
  const word = (part: unknown) => (typeof part === "string" ? part : "");
  return {
    plan,
    token,
    person,
    name: word(name),
    role: word(role),
    side: word(side),
    can: { write: rights["write"] === true, comment: rights["comment"] === true, history: rights["history"] === true },
  };
}
