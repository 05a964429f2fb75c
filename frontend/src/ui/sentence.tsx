import { Fragment } from "react";

/** A sentence of the history; `*…*` in it marks what the sentence is about. */
export function Sentence({ text }: { text: string }) {
  return text.split(/\*([^*]+)\*/g).map((part, at) => <Fragment key={at}>{at % 2 === 1 ? <b>{part}</b> : part}</Fragment>);
}
