import { setInteractionModality } from "react-aria-components";

/**
 * A press of Enter or the space bar on a button of the browser's own is a click without a pointer, which React Aria takes
 * for a screen reader's: it then waits for every transition on the page before it moves the focus into what was
 * opened, and sometimes for ever. Screen readers' own clicks come without a key.
 */
let pressed = -Infinity;

/** Longest time between a key and the click it makes, in milliseconds. */
const SAME_PRESS = 50;

function onKey({ key, timeStamp }: KeyboardEvent): void {
  if (key === "Enter" || key === " ") pressed = timeStamp;
}

document.addEventListener("keydown", onKey, true);
document.addEventListener("keyup", onKey, true);
// After React Aria's own, which was added when it was imported above.
document.addEventListener(
  "click",
  ({ detail, timeStamp }) => {
    if (detail === 0 && timeStamp - pressed < SAME_PRESS) setInteractionModality("keyboard");
  },
  true,
);
