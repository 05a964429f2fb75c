/** The WebSocket, as far as the provider needs it. */
export interface Socket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send: (data: Uint8Array<ArrayBuffer>) => void;
  close: (code?: number, reason?: string) => void;
}

/** The server's verdict on the link, asked over HTTP when a socket can't be opened. */
export type Probe = { readonly kind: "ok" | "unreachable" } | { readonly kind: "denied"; readonly status: number; readonly text: string };

export function openWebSocket(url: string, protocol: string): Socket {
  return new WebSocket(url, [protocol]) as unknown as Socket;
}
