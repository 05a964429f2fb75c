/** Was die anderen Seiten und Dialoge sagen und was der Verlauf erzählt. */
import { hub } from "./hub";
import { lints } from "./lints";
import { people } from "./people";
import { portfolio } from "./portfolio";
import { review } from "./review";
import { say } from "./say";
import { timeline } from "./timeline";
import { why } from "./why";

export const later = {
  ...timeline,
  ...why,
  ...lints,
  ...people,
  ...hub,
  ...review,
  ...portfolio,
  ...say,
};
