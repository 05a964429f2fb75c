/** Edit frames of one connection: numbered from 1, acknowledged in order. */
export class EditFrames {
  /** Number of the last frame sent. */
  sent = 0;
  /** Every frame up to this number is durable. */
  acked = 0;
  /** When the acknowledgement waited for most was last heard of. Milliseconds since 1970. */
  movedAt = 0;
  readonly #edits = new Map<number, readonly string[]>();

  /** A new connection counts from 1 again. */
  restart(): void {
    this.sent = 0;
    this.acked = 0;
    this.#edits.clear();
  }

  /** The number for the next frame, which carries these unsent edits. */
  next(edits: readonly string[], now: number): number {
    if (this.#edits.size === 0) this.movedAt = now;
    this.sent++;
    this.#edits.set(this.sent, edits);
    return this.sent;
  }

  /** Takes an acknowledgement up to frame `n` and gives the edits it settles. */
  ack(n: number, now: number): string[] {
    this.acked = Math.max(this.acked, n);
    this.movedAt = now;
    const settled: string[] = [];
    for (const [frame, edits] of this.#edits) {
      if (frame > n) break; // numbered in order
      settled.push(...edits);
      this.#edits.delete(frame);
    }
    return settled;
  }
}
