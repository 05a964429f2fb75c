/** German. Words as people in German companies use them; readers are addressed with Sie. */
import { base } from "./de/base";
import { dates } from "./de/dates";
import { gates } from "./de/gates";
import { hub } from "./de/hub";
import { language } from "./de/language";
import { lints } from "./de/lints";
import { people } from "./de/people";
import { portfolio } from "./de/portfolio";
import { review } from "./de/review";
import { search } from "./de/search";
import { say } from "./de/say";
import { structure } from "./de/structure";
import { timeline } from "./de/timeline";
import { why } from "./de/why";
import type { Messages } from "./en";

export const de: Messages = {
  ...base,
  ...structure,
  ...dates,
  ...timeline,
  ...gates,
  ...why,
  ...lints,
  ...people,
  ...hub,
  ...review,
  ...portfolio,
  ...search,
  ...language,
  ...say,
};
