/** Was die Seite eines Plans sagt, bevor etwas von ihr geöffnet ist. */
import { base } from "./base";
import { dates } from "./dates";
import { gates } from "./gates";
import { language } from "./language";
import { search } from "./search";
import { structure } from "./structure";

export const first = {
  ...base,
  ...structure,
  ...dates,
  ...gates,
  ...search,
  ...language,
};
