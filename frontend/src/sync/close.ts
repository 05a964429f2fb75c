/**
 * Why a socket closed and what follows from it. Mirrors `server/socket/close.go`, row by row; a test
 * compares the two.
 */
export interface CloseReason {
  readonly code: number;
  readonly name: string;
  /** Whether trying again by itself can help. */
  readonly retry: boolean;
  /** What the person is told when it can't, or while it hasn't yet. */
  readonly text: string;
}

export const CLOSE_REASONS: readonly CloseReason[] = [
  { code: 1001, name: "going-away", retry: true, text: "The server is restarting." },
  { code: 1009, name: "too-big", retry: false, text: "Your last change was too large for the server. It is kept on this device." },
  { code: 1013, name: "try-later", retry: true, text: "The server can't reach its storage at the moment." },
  { code: 4400, name: "malformed", retry: false, text: "The server couldn't read what this page sent. Please reload it." },
  { code: 4401, name: "unauthenticated", retry: false, text: "This link is no longer valid. Ask for a new one." },
  { code: 4403, name: "forbidden", retry: false, text: "This link doesn't give access to this plan." },
  { code: 4404, name: "not-found", retry: false, text: "There is no such plan." },
  { code: 4408, name: "silent", retry: true, text: "The connection went quiet." },
  { code: 4409, name: "schema", retry: false, text: "This page is older than the plan. Please reload it." },
  { code: 4413, name: "slow", retry: true, text: "The connection is too slow to follow live; catching up." },
  { code: 4429, name: "too-fast", retry: true, text: "Too many changes at once; sending them more slowly." },
  { code: 4500, name: "internal", retry: true, text: "Something went wrong on the server." },
];

const byCode = new Map(CLOSE_REASONS.map((reason) => [reason.code, reason]));

/** The row for a close code. Codes without one (a lost connection is 1006) are worth another try. */
export function closeReason(code: number): CloseReason {
  return byCode.get(code) ?? { code, name: "lost", retry: true, text: "The connection was lost." };
}
