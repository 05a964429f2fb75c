/** What a plan looks like: as a page shows it and as the server's JSON has it, in one shape to compare. */
import type { Page } from "playwright-core";
import type { NodeView, View } from "../../src/plan/project";

export interface Shown {
  readonly title: string;
  readonly summary: readonly string[];
  readonly stages: readonly { readonly title: string; readonly steps: readonly ShownStep[] }[];
}

export interface ShownStep {
  readonly title: string;
  readonly status: string;
  /** "25 May", or the empty string. */
  readonly due: string;
}

/** Reads the plan off an editor's page. */
export function shownBy(page: Page): Promise<Shown> {
  return page.evaluate(() => {
    const words = (element: Element | null | undefined): string => {
      if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value;
      return (element?.textContent ?? "").trim();
    };
    const named = (scope: Element, name: string): Element | null => scope.querySelector(`[aria-label="${name}"]`);
    const summary = named(document.body, "Executive summary");
    const blocks = summary ? [...summary.querySelectorAll("p, h1, h2, h3, h4")] : [];
    // Other people's carets carry their name inside the text.
    const plain = (block: Element): string => {
      const copy = block.cloneNode(true) as Element;
      for (const caret of copy.querySelectorAll(".caret, .collaboration-carets__caret, .ProseMirror-separator")) caret.remove();
      return words(copy).replaceAll("\u2060", "");
    };
    const stages = [...document.querySelectorAll("section")].filter((section) => named(section, "Stage name"));
    return {
      title: words(named(document.body, "Plan title") ?? document.querySelector("h1")),
      summary: blocks.map(plain),
      stages: stages.map((stage) => ({
        title: words(named(stage, "Stage name")),
        steps: [...stage.querySelectorAll("li")]
          .filter((row) => row.querySelector('[aria-label="Step"]'))
          .map((row) => {
            const status = [...row.querySelectorAll("button")].map((button) => button.getAttribute("aria-label") ?? "");
            const due = status.map((label) => /^Due (.+?)(?:, late)?\. Change date/.exec(label)?.[1]).find(Boolean);
            return {
              title: words(named(row, "Step")),
              status: status.map((label) => /: ([^:]+)\. Change status$/.exec(label)?.[1]).find(Boolean) ?? "",
              due: due ?? "",
            };
          }),
      })),
    };
  });
}

const STATUSES: Readonly<Record<string, string>> = {
  "not-started": "Not started",
  "in-progress": "In progress",
  blocked: "Blocked",
  done: "Done",
  skipped: "Skipped",
};

/** The same, from the projection. */
export function shownIn(view: View): Shown {
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const step = (node: NodeView): ShownStep => ({
    title: node.title,
    status: STATUSES[node.status] ?? node.status,
    due: node.due === "" ? "" : day.format(new Date(node.due)),
  });
  return {
    title: view.title,
    summary: view.summaryText.split("\n").map((line) => line.trim()),
    stages: view.stages.map((stage) => ({ title: stage.title, steps: stage.steps.map(step) })),
  };
}
