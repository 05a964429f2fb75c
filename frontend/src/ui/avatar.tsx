import type { CSSProperties } from "react";

/** First letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? String.fromCodePoint(word.codePointAt(0) ?? 63) : ""));
  return letters.join("").toLocaleUpperCase() || "?";
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(hex: string): string {
  const match = /^#([0-9a-f]{6})$/i.exec(hex);
  if (!match?.[1]) return "#ffffff";
  const n = parseInt(match[1], 16);
  const linear = (c: number) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(n >> 16) + 0.7152 * linear((n >> 8) & 255) + 0.0722 * linear(n & 255);
  return luminance > 0.179 ? "#101a1f" : "#ffffff";
}

export function Avatar({ name, color, size = 28, dim }: { name: string; color: string; size?: number; dim?: boolean }) {
  const style = { "--avatar": color, "--avatar-ink": inkOn(color), "--avatar-size": `${size}px` } as CSSProperties;
  return (
    <span className={`avatar${dim ? " avatar-dim" : ""}`} style={style} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** Each has a contrast of at least 4.5 with white. */
const palette = [
  "#b3261e", "#9c4400", "#7a5900", "#4c6700", "#1b6d2f", "#006b5e",
  "#00658f", "#2f5bbb", "#5b4fc4", "#8a3fa8", "#a8326f", "#5d5f5a",
];

/** A person's colour where presence doesn't tell it: by the same hash of their id, hence the same colour. */
export function colorFor(id: string): string {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return palette[hash % palette.length] ?? "#5d5f5a";
}
