import { describe, expect, it } from "vitest";
import { afterClosing, namesIn, written, type Draft } from "./draft";

const draft = (...texts: string[]): Draft => ({
  id: "r1",
  decisions: texts.map((text, at) => ({ key: String(at), text, node: "", role: "" })),
  next: "2027-03-15",
  people: "Ben",
});

describe("the notes of a review", () => {
  it("hold as decisions what somebody put something into", () => {
    const notes = draft("Start now", "  ");
    expect(written(notes).map(({ text }) => text)).toEqual(["Start now"]);
    expect(written({ ...notes, decisions: [{ key: "a", text: "", node: "n", role: "" }] })).toHaveLength(1);
  });

  it("keep, once closed, only what was typed since, for a review of its own", () => {
    const left = afterClosing(draft(" Start now ", "And one more"), [{ text: "Start now", node: "", role: "" }]);
    expect(left.decisions.map(({ text }) => text)).toEqual(["And one more"]);
    expect(left).toMatchObject({ next: null, people: null });
    expect(left.id).not.toBe("r1");
    expect(afterClosing(draft("Start now"), [{ text: "Start now", node: "", role: "cfo" }]).decisions).toHaveLength(1);
  });

  it("take names with commas, each once", () => {
    expect(namesIn(" Ben Okafor, Dana;Zoë\nBen Okafor,, ")).toEqual(["Ben Okafor", "Dana", "Zoë"]);
  });
});
