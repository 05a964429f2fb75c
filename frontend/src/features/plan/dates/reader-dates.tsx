import type { NodeSnapshot } from "../../../plan/view";
import { ExplainDate } from "./explain";
import { StepDateNotes } from "./step-notes";

/** What those who only read may know of a step's dates: everything. */
export default function ReaderDates({ node }: { node: NodeSnapshot }) {
  return (
    <>
      <StepDateNotes node={node} />
      <ExplainDate node={node} />
    </>
  );
}
