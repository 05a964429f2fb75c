/** Who someone is, as the server states it. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly side: string;
  /** A CSS colour for caret and avatar; empty when the server gives none. */
  readonly color: string;
}

export interface Can {
  readonly write: boolean;
  readonly comment: boolean;
  readonly history: boolean;
}
