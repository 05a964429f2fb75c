import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { Dialog as AriaDialog, Modal, ModalOverlay } from "react-aria-components";
import { marksIn, search, wordsOf, type Hit, type Stretch } from "../../../plan/search";
import { IconButton } from "../../../ui/button";
import { Icon } from "../../../ui/icons";
import { keepFocus } from "../../../ui/last-focus";
import { useText, type MessageId } from "../../../ui/text";
import { pointAt, useGoToStep } from "../point-at";
import { useScreen } from "../screen";
import { StatusGlyph } from "../status";
import { viewHref } from "../views";
import { GROUPS, useItems, type Group, type Item } from "./items";
import { QUERY_LENGTH } from "./open-search";
import "./search.css";

/** Finds shown of each group; whoever wants others types another word. */
const SHOWN = 6;

const titles: Readonly<Record<Group, MessageId>> = {
  steps: "search.steps",
  people: "view.people",
  resources: "view.resources",
  comments: "comments.title",
  why: "search.why",
  pages: "search.pages",
};

interface Section {
  readonly group: Group;
  readonly hits: readonly Hit<Item>[];
  /** All there are. */
  readonly count: number;
}

interface SearchProps {
  /** What is looked for; some of it may have been typed before this was drawn. */
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onClose: () => void;
}

/** One field over everything the plan says, worked by keyboard alone or by pointer. */
export default function SearchDialog(props: SearchProps) {
  const t = useText();
  const { onClose } = props;
  useEffect(() => keepFocus, []);
  return (
    <ModalOverlay className="search-scrim" isDismissable isOpen onOpenChange={onClose}>
      <Modal className="search-frame">
        <AriaDialog className="search" aria-label={t("search.title")}>
          <Finder {...props} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Finder({ query, onQuery, onClose }: SearchProps) {
  const t = useText();
  const items = useItems();
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const sections = useMemo(() => sectionsOf(items, query), [items, query]);
  const shown = sections.flatMap(({ hits }) => hits);
  const total = sections.reduce((sum, { count }) => sum + count, 0);
  const at = Math.min(chosen, shown.length - 1);
  const words = wordsOf(query);
  const go = useGo(onClose);

  useEffect(() => field.current?.setSelectionRange(QUERY_LENGTH, QUERY_LENGTH), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, sections]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const to: number | undefined = {
      ArrowDown: at + 1 < shown.length ? at + 1 : 0,
      ArrowUp: at > 0 ? at - 1 : shown.length - 1,
      PageDown: Math.min(at + SHOWN, shown.length - 1),
      PageUp: Math.max(at - SHOWN, 0),
    }[event.key];
    if (to !== undefined) setChosen(Math.max(to, 0));
    else if (event.key === "Enter") list.current?.querySelector<HTMLElement>("[aria-selected=true]")?.click();
    else return;
    event.preventDefault();
  };
  let place = 0;
  return (
    <>
      <div className="search-field">
        <Icon name="search" size={20} />
        <input
          ref={field}
          className="search-input"
          role="combobox"
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown.length > 0 ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          aria-label={t("search.title")}
          placeholder={t("search.placeholder")}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
          maxLength={QUERY_LENGTH}
          autoFocus
          value={query}
          onChange={(event) => {
            onQuery(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <IconButton icon="close" small label={t("action.close")} keys="Esc" onPress={onClose} />
      </div>
      <p className="visually-hidden" role="status">
        {words.length > 0 && t("search.found", { count: total })}
      </p>
      {shown.length === 0 ? (
        <p className="search-none">{t("search.none", { query: query.trim() })}</p>
      ) : (
        <div ref={list} id={`${id}-list`} className="search-list" role="listbox" aria-label={t("search.results")}>
          {sections.map(({ group, hits, count }) => (
            <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
              <div className="search-group" id={`${id}-${group}`}>
                {t(titles[group])}
                {count > hits.length && <span className="search-more">{t("search.more", { shown: hits.length, count })}</span>}
              </div>
              {hits.map((hit) => {
                const n = place++;
                return <Option key={hit.item.key} id={`${id}-${n}`} hit={hit} words={words} isChosen={n === at} onPoint={() => setChosen(n)} onGo={go} />;
              })}
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** The groups with a find, the one with the best first; without a question the plan's pages. */
function sectionsOf(items: readonly Item[], query: string): readonly Section[] {
  if (query.trim() === "") {
    const hits = items
      .filter((item) => item.group === "pages")
      .map((item): Hit<Item> => ({ item, score: 0, titleMarks: [], snippet: "", snippetMarks: [] }));
    return [{ group: "pages", hits, count: hits.length }];
  }
  const found = search(items, query);
  const best = [...new Set(found.map((hit) => hit.item.group))];
  const score = (group: Group): number => found.find((hit) => hit.item.group === group)?.score ?? 0;
  return best
    .sort((a, b) => score(b) - score(a) || GROUPS.indexOf(a) - GROUPS.indexOf(b))
    .map((group) => {
      const hits = found.filter((hit) => hit.item.group === group);
      return { group, hits: hits.slice(0, SHOWN), count: hits.length };
    });
}

/** Leads to a find once the search has gone and given the focus back. */
function useGo(onClose: () => void): (item: Item) => void {
  const { comments } = useScreen();
  const goToStep = useGoToStep();
  return ({ target }) => {
    onClose();
    setTimeout(() => {
      if (target.kind === "step") goToStep(target.node);
      else if (target.kind === "comment") comments.set({ open: true, active: target.thread, draft: null });
      else if (target.at !== "") pointAt(`[data-goto="${CSS.escape(target.at)}"]`);
    }, 0);
  };
}

interface OptionProps {
  readonly id: string;
  readonly hit: Hit<Item>;
  readonly words: readonly string[];
  readonly isChosen: boolean;
  readonly onPoint: () => void;
  readonly onGo: (item: Item) => void;
}

function Option({ id, hit, words, isChosen, onPoint, onGo }: OptionProps) {
  const { planId } = useScreen();
  const { item } = hit;
  const href = viewHref(planId, item.target.kind === "view" ? item.target.view : "plan");
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    // The page one is on needs no new entry in the browser's history.
    if (location.pathname === href) event.preventDefault();
    onGo(item);
  };
  return (
    <a id={id} className="search-option" role="option" aria-selected={isChosen} tabIndex={-1} href={href} onMouseMove={onPoint} onClick={onClick}>
      {"status" in item.mark ? <StatusGlyph status={item.mark.status} size={18} /> : <Icon name={item.mark.icon} size={18} />}
      <span className="search-words">
        <span className={`search-title${item.group === "comments" ? " is-said" : ""}`}>
          <Marked text={item.title} marks={hit.titleMarks} />
        </span>
        {hit.snippet !== "" && !item.where.includes(hit.snippet) && (
          <span className="search-snippet">
            <Marked text={hit.snippet} marks={hit.snippetMarks} />
          </span>
        )}
      </span>
      {item.where !== "" && (
        <span className="search-where">
          <Marked text={item.where} marks={marksIn(item.where, words)} />
        </span>
      )}
    </a>
  );
}

function Marked({ text, marks }: { text: string; marks: readonly Stretch[] }) {
  const starts = [0, ...marks.map(([, to]) => to)];
  return (
    <>
      {starts.map((from, n) => {
        const mark = marks[n];
        return (
          <span key={from}>
            {text.slice(from, mark?.[0])}
            {mark && <mark>{text.slice(mark[0], mark[1])}</mark>}
          </span>
        );
      })}
    </>
  );
}
