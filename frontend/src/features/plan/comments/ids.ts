import { useRef } from "react";
import { newId } from "../../../plan/id";

interface Ids {
  readonly id: string;
  readonly msg: string;
}

/**
 * Ids for what is about to be sent: the same ones when the same thing is sent again, so that the server can
 * tell a comment whose answer got lost from a second one. `done` is for when an answer has come.
 */
export function useIds(): { readonly of: (what: string) => Ids; readonly done: () => void } {
  const last = useRef<(Ids & { readonly what: string }) | null>(null);
  return {
    of: (what) => {
      if (last.current?.what !== what) last.current = { what, id: newId(), msg: newId() };
      return { id: last.current.id, msg: last.current.msg };
    },
    done: () => {
      last.current = null;
    },
  };
}
