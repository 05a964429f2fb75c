/** How long steps usually take. As in `server/plan/schedule/library.go`; a test compares the two. */
import { lower } from "./ledger";
import { SCHEDULE_LIMITS, type ScheduleInput } from "./types";

/** How long a kind of step takes, in working days. */
export interface Usual {
  readonly id: string;
  readonly title: string;
  /** Phrases that name it, lower case, English and German; * before one: a longer word may end in it. */
  readonly words: readonly string[];
  readonly phase: "evaluation" | "procurement" | "implementation";
  readonly min: number;
  readonly typical: number;
  readonly max: number;
  /** The days are from the end of the step before to the end of this one, waiting included. */
  readonly lead: boolean;
}

type Row = [id: string, title: string, words: string[], phase: Usual["phase"], min: number, typical: number, max: number, lead?: boolean];

/** The more special entries come first: the first one that matches counts. */
const ROWS: readonly Row[] = [
  ["security-review", "Security review", ["security review", "security assessment", "security questionnaire", "security questions", "infosec", "penetration test", "pen test", "vendor security", "vendor risk", "third-party risk", "sicherheitsprüfung", "sicherheitsfragebogen", "sicherheitsfragen", "sicherheitsbewertung", "informationssicherheit", "penetrationstest"], "procurement", 10, 15, 30],
  ["privacy-review", "Data protection review", ["data protection", "privacy review", "privacy assessment", "dpia", "dpa", "gdpr", "datenschutz", "datenschutzprüfung", "datenschutzfreigabe", "dsfa", "dsgvo", "avv", "av-vertrag", "*auftragsverarbeitung", "auftragsverarbeitungsvertrag"], "procurement", 5, 10, 30],
  ["legal-review", "Legal review", ["legal review", "legal redline", "legal", "redline", "redlines", "contract review", "msa", "master agreement", "terms agreed", "vertragsprüfung", "vertragsverhandlung", "vertragsbedingungen", "rahmenvertrag", "rechtsprüfung", "rechtliche prüfung", "juristische prüfung", "rechtsabteilung"], "procurement", 10, 15, 40],
  ["procurement", "Procurement", ["procurement", "purchasing", "vendor onboarding", "supplier onboarding", "purchase order", "einkauf", "supplier registration", "beschaffung", "lieferantenregistrierung", "lieferantenanlage"], "procurement", 10, 15, 40],
  ["signature", "Signature", ["signature", "sign-off of the contract", "contract sign-off", "contract signature", "contract signed", "order form", "countersign", "*unterschrift", "*unterzeichnung", "vertragsabschluss", "vertragsschluss", "bestellformular", "gegenzeichnung"], "procurement", 1, 3, 10],
  ["budget-approval", "Budget approval", ["budget approval", "budget", "investment committee", "capex", "business case approval", "budgetfreigabe", "budgetgenehmigung", "investitionsantrag", "investitionsfreigabe"], "procurement", 5, 10, 30],
  ["poc-kick-off", "Proof of concept, kick-off", ["poc kick-off", "poc kickoff", "pilot kick-off", "pilot kickoff", "trial kick-off", "poc-kick-off", "pilot-kick-off"], "evaluation", 1, 5, 10],
  ["poc", "Proof of concept", ["poc", "proof of concept", "proof of value", "pov", "pilot", "trial", "pilotphase", "pilotprojekt", "pilotbetrieb", "testphase"], "evaluation", 10, 15, 30],
  ["kick-off", "Kick-off after signature", ["kick-off", "kickoff", "kick off", "auftaktgespräch", "auftakttermin", "projektauftakt", "projektstart"], "implementation", 5, 7, 10, true],
  ["demo", "Demo", ["demo", "demonstration", "workshop", "deep dive", "discovery", "*vorführung"], "evaluation", 1, 5, 10],
  ["executive-meeting", "Executive meeting", ["executive presentation", "executive meeting", "executive review", "executive briefing", "steering committee", "decision meeting", "präsentation für die geschäftsleitung", "präsentation vor der geschäftsleitung", "managementpräsentation", "entscheidungstermin", "lenkungsausschuss", "lenkungskreis"], "evaluation", 1, 5, 15],
  ["reference-call", "Reference call", ["reference call", "customer reference", "reference visit", "reference customer", "referenzgespräch", "referenzbesuch", "referenzkunde"], "evaluation", 2, 5, 10],
  ["integration", "Integration", ["integration", "single sign-on", "sso", "api connection", "interfaces", "schnittstelle", "schnittstellen", "*anbindung"], "implementation", 5, 15, 40],
  ["migration", "Data migration", ["migration", "data import", "data load", "datenimport", "*datenübernahme", "datenmigration"], "implementation", 5, 15, 40],
  ["configuration", "Configuration", ["configuration", "set-up", "setup", "set up", "provisioning", "installation", "konfiguration", "*einrichtung", "bereitstellung"], "implementation", 2, 10, 30],
  ["acceptance-test", "Acceptance test", ["acceptance test", "user acceptance", "uat", "abnahmetest", "akzeptanztest", "*abnahme"], "implementation", 5, 10, 20],
  ["training", "Training", ["training", "enablement", "*schulung", "einweisung"], "implementation", 2, 10, 20],
  ["go-live", "Go-live", ["go-live", "go live", "launch", "rollout", "roll-out", "cutover", "inbetriebnahme", "produktivstart", "produktivsetzung", "produktivnahme", "echtbetrieb"], "implementation", 1, 5, 20],
  ["first-value", "First value", ["first-value", "first value", "value review", "success review", "results review", "erster nutzen", "ersten nutzen", "ersten nutzens", "nutzenbewertung", "nutzennachweis", "erfolgsmessung"], "implementation", 10, 20, 60],
];

export const DURATION_LIBRARY: readonly Usual[] = ROWS.map(([id, title, words, phase, min, typical, max, lead = false]) => ({
  id,
  title,
  words,
  phase,
  min,
  typical,
  max,
  lead,
}));

/** How long a step usually takes, by the words of its title and alias as whole words; undefined when not known. */
export function usualFor(title: string, alias: string): Usual | undefined {
  const text = lower(`${title}\n${alias}`);
  return DURATION_LIBRARY.find(({ words }) => words.some((phrase) => hasPhrase(text, phrase)));
}

/** Looks for a phrase that neither begins nor ends inside a word; one with a * may begin there, as German words do. */
function hasPhrase(text: string, words: string): boolean {
  const tail = words.startsWith("*");
  const phrase = tail ? words.slice(1) : words;
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    if ((tail || !isWord(text.charCodeAt(at - 1))) && !isWord(text.charCodeAt(at + phrase.length))) return true;
  }
  return false;
}

/** Letters and digits, and whatever isn't ASCII; not the NaN beyond an end. */
function isWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c >= 128;
}

/**
 * The durations as a sales motion has them: a renewal takes 40 to 60 % of the time for procurement and
 * implementation, never less than a day.
 */
export function usualForProfile(usual: Usual, profile: string): Usual {
  if (profile !== "renewal" || usual.phase === "evaluation") return usual;
  return { ...usual, min: scale(usual.min, 40), typical: scale(usual.typical, 50), max: scale(usual.max, 60) };
}

/** A step's duration in a renewal made from an ordinary plan: half of it for procurement and implementation. */
export function scaleDays(profile: string, title: string, alias: string, days: number): number {
  const usual = usualFor(title, alias);
  if (!usual || profile !== "renewal" || usual.phase === "evaluation" || days <= 0) return days;
  return scale(Math.min(days, SCHEDULE_LIMITS.days), 50);
}

function scale(days: number, percent: number): number {
  return Math.max(Math.floor((days * percent + 99) / 100), 1);
}

/**
 * Durations that the library would give: the typical one for steps that say none, and in a renewal half of what
 * takes longer than renewals do.
 */
export function suggestDurations(input: ScheduleInput, profile: string): { readonly missing: readonly Suggested[]; readonly long: readonly Suggested[] } {
  const missing: Suggested[] = [];
  const long: Suggested[] = [];
  for (const { id: node, kind, status, days, title, alias } of input.nodes) {
    if ((kind !== "milestone" && kind !== "task") || status === "done" || status === "skipped") continue;
    const found = usualFor(title, alias);
    if (!found) continue;
    const usual = usualForProfile(found, profile);
    if (days === null) missing.push({ node, days: usual.typical });
    else if (profile === "renewal" && days > usual.max) long.push({ node, days: scaleDays(profile, title, alias, days) });
  }
  return { missing, long: long.filter(({ node, days }) => days !== input.nodes.find(({ id }) => id === node)?.days) };
}

interface Suggested {
  readonly node: string;
  readonly days: number;
}

/** A step whose duration is out of the usual range. */
export interface Realism {
  readonly node: string;
  /** Id in the library. */
  readonly usual: string;
  readonly verdict: "short" | "long";
  readonly days: number;
  readonly min: number;
  readonly typical: number;
  readonly max: number;
}

/** Compares the durations of open steps with the library. What has none, or isn't known, is left alone. */
export function checkRealism(input: ScheduleInput, profile: string): Realism[] {
  const out: Realism[] = [];
  for (const { id: node, kind, status, days, title, alias } of input.nodes) {
    if ((kind !== "milestone" && kind !== "task") || status === "done" || status === "skipped" || days === null || days <= 0) continue;
    const found = usualFor(title, alias);
    if (!found) continue;
    const { id: usual, min, typical, max } = usualForProfile(found, profile);
    if (days < min) out.push({ node, usual, verdict: "short", days, min, typical, max });
    else if (days > max) out.push({ node, usual, verdict: "long", days, min, typical, max });
  }
  return out;
}
