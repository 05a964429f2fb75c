import type { search as en } from "../en/search";

export const search: Record<keyof typeof en, string> = {
  "search.title": "Im Plan suchen",
  "search.placeholder": "Schritte, Personen, Kommentare, Dateien…",
  "search.results": "Gefunden",
  "search.found": "{count, plural, =0 {Nichts gefunden} one {# Stelle gefunden} other {# Stellen gefunden}}",
  "search.none": "Nirgends in diesem Plan steht „{query}“.",
  "search.more": "{shown} von {count}",
  "search.steps": "Phasen und Schritte",
  "search.why": "Warum und wie",
  "search.pages": "Gehe zu",
};
