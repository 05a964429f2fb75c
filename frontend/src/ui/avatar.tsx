import type { CSSProperties } from "react";

/** First letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0] : ""));
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

/** For people whose colour isn't known, one that stays the same for the same id. All read well under white or black. */
const palette = ["#0b5f73", "#8a4b9e", "#a8511f", "#3c6e2f", "#a03050", "#4a5bb0", "#7a6210", "#24746a"];

export function colorFor(id: string): string {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return palette[hash % palette.length] ?? "#0b5f73";
}
