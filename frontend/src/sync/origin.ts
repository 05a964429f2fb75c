/** Origins of the transactions that sync makes, for those who tell local edits from others. */

/** Origin of transactions that apply what the server sent. */
export class RemoteOrigin {
  constructor(
    /** Person who made the edit; empty while catching up. */
    readonly person: string,
    /** Journal position; 0 while catching up. */
    readonly seq: number,
  ) {}
}

/** Origin of the transaction that loads the copy on this device. */
export const LOCAL_COPY = Symbol("copy on this device");
