import type { ReactNode } from "react";

/**
 * Line icons on a 20-unit grid, drawn for this interface. They inherit the
 * text colour and are decoration only: whatever uses one carries the words.
 */
const shapes = {
  plus: <path d="M10 4.5v11M4.5 10h11" />,
  minus: <path d="M4.500 10h11" />,
  check: <path d="m4.5 10.5 3.6 3.6 7.4-8" />,
  close: <path d="m5.5 5.5 9 9m0-9-9 9" />,
  chevronDown: <path d="m5.5 8 4.5 4.5L14.5 8" />,
  chevronRight: <path d="m8 5.5 4.5 4.5L8 14.5" />,
  chevronLeft: <path d="M12 5.5 7.5 10l4.5 4.5" />,
  arrowLeft: <path d="M16 10H4.5m4.2-4.7L4 10l4.7 4.7" />,
  arrowRight: <path d="M4 10h11.5m-4.2-4.7L16 10l-4.7 4.7" />,
  arrowUp: <path d="M10 16V4.5M5.3 8.7 10 4l4.7 4.7" />,
  arrowDown: <path d="M10 4v11.5m-4.7-4.2L10 16l4.7-4.7" />,
  grip: (
    <g fill="currentColor" stroke="none">
      <circle cx="7.5" cy="5" r="1.3" />
      <circle cx="12.5" cy="5" r="1.3" />
      <circle cx="7.5" cy="10" r="1.3" />
      <circle cx="12.5" cy="10" r="1.3" />
      <circle cx="7.5" cy="15" r="1.3" />
      <circle cx="12.5" cy="15" r="1.3" />
    </g>
  ),
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="4.5" cy="10" r="1.4" />
      <circle cx="10" cy="10" r="1.4" />
      <circle cx="15.5" cy="10" r="1.4" />
    </g>
  ),
  undo: <path d="M7 4 3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8" />,
  redo: <path d="m13 4 3.5 3.5L13 11m3-3.5H8.500a4.5 4.5 0 0 0 0 9H12" />,
  print: <path d="M6 7.500V3.500h8v4M6 14H4.500a1 1 0 0 1-1-1V8.500a1 1 0 0 1 1-1h11a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H14M6 11.500h8v5H6Z" />,
  comment: <path d="M4 4.500h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H9.500L6 17.500v-3H4a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z" />,
  history: (
    <>
      <path d="M3.8 12.200A6.5 6.5 0 1 0 4.7 6.200L3.3 8" />
      <path d="M3.2 4.500V8h3.500M10 6.500V10l2.5 1.6" />
    </>
  ),
  share: (
    <>
      <path d="M8.2 11.800a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.300l-1 1" />
      <path d="M11.8 8.200a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.300l1-1" />
    </>
  ),
  language: (
    <>
      <circle cx="10" cy="10" r="6.7" />
      <path d="M3.300 10h13.400M10 3.300c2.400 2 2.400 11.400 0 13.400c-2.400-2-2.400-11.400 0-13.400Z" />
    </>
  ),
  search: <path d="M12.700 12.700 16.500 16.500M13.800 9a4.800 4.800 0 1 1-9.600 0 4.800 4.800 0 0 1 9.600 0Z" />,
  person: <path d="M12.800 7a2.800 2.800 0 1 1-5.600 0 2.800 2.800 0 0 1 5.600 0ZM4.500 16.500c.3-3 2.400-4.500 5.500-4.500s5.200 1.500 5.500 4.500" />,
  file: <path d="M5.500 3.500h6l3 3v10h-9zM11.300 3.800v3h3" />,
  pin: <path d="M7.500 3.500h5l-.6 4.800 2.600 2.700h-9l2.600-2.700zM10 11v5.500" />,
  trash: <path d="M4 5.500h12M8 5.500V3.800h4v1.700M5.5 5.500l.7 10.700h7.600l.7-10.700M8.5 8.500v5m3-5v5" />,
  restore: <path d="M4 8.500h8a4 4 0 0 1 0 8H7M4 8.5 7.2 5.300M4 8.500l3.2 3.2" />,
  edit: <path d="m4.300 15.700.7-3.100 8-8 2.400 2.400-8 8zM11.400 6.200l2.400 2.400" />,
  calendar: <path d="M4 5.500h12v11H4zM4 9h12M7.2 3.500v3.400m5.6-3.400v3.4" />,
  sun: (
    <>
      <circle cx="10" cy="10" r="3.2" />
      <path d="M10 2.800v1.700m0 11v1.700M2.8 10h1.700m11 0h1.700M4.9 4.900l1.2 1.200m7.8 7.8 1.2 1.200m0-10.2-1.2 1.200m-7.8 7.8-1.2 1.2" />
    </>
  ),
  moon: <path d="M16.5 12A7 7 0 0 1 8 3.500a6.8 6.8 0 1 0 8.5 8.500Z" />,
  halfDisc: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 3.500a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />
    </>
  ),
  copy: <path d="M7 7h9v9.500H7zM13 7V3.500H4V13h3" />,
  play: <path d="M6.5 4.200v11.600l9-5.800Z" fill="currentColor" />,
  pause: <path d="M7 4.500v11m6-11v11" strokeWidth="2.6" />,
  bold: <path d="M6 4h4.600a3 3 0 0 1 0 6H6Zm0 6h5.300a3 3 0 0 1 0 6H6Z" strokeWidth="1.9" />,
  italic: <path d="M8.5 4h5m-7 12h5m.500-12L8 16" />,
  strike: <path d="M14 6.300C13.5 4.8 12 4 10.2 4 8 4 6.3 5 6.3 6.900c0 1.5 1 2.4 3 2.900M3.5 10.500h13M13.3 12c.5.5.7 1.1.7 1.7 0 1.5-1.6 2.5-3.9 2.5-2.2 0-3.7-.9-4.2-2.6" />,
  heading: <path d="M5 4v12M14.5 4v12M5 10h9.5" strokeWidth="1.9" />,
  listBullet: (
    <>
      <path d="M8 5.500h8.500M8 10h8.500M8 14.500h8.5" />
      <g fill="currentColor" stroke="none">
        <circle cx="4.3" cy="5.5" r="1.1" />
        <circle cx="4.3" cy="10" r="1.1" />
        <circle cx="4.3" cy="14.5" r="1.1" />
      </g>
    </>
  ),
  listNumber: (
    <>
      <path d="M8.5 5.500h8M8.5 10h8M8.5 14.500h8" />
      <path d="M3.3 4.6 4.6 4v3.800M3.2 12.800c.3-.5 2-.6 2 .4 0 .8-1.9 1.3-2 2.500h2.2" strokeWidth="1.2" />
    </>
  ),
  quote: <path d="M5 12.500c-1.3 0-2-.8-2-2 0-2.5 1.3-4.3 3.5-5M5 12.500c1.2 0 2-.8 2-1.900S6.2 8.8 5 8.800m8 3.700c-1.3 0-2-.8-2-2 0-2.5 1.3-4.3 3.5-5M13 12.500c1.2 0 2-.8 2-1.900s-.8-1.8-2-1.8" />,
  link: (
    <>
      <path d="M8.2 11.800a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.300l-1 1" />
      <path d="M11.8 8.200a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.300l1-1" />
    </>
  ),
  lock: <path d="M5 9.500h10v7H5zM7 9.500V7a3 3 0 0 1 6 0v2.500" />,
  flag: <path d="M5 17V3.500m0 .5h9.500l-2.2 3.5 2.2 3.500H5" />,
  fold: <path d="M4 10h12M6.500 3.500 10 7l3.500-3.500M6.500 16.500 10 13l3.500 3.500" />,
  unfold: <path d="M4 10h12M6.500 6.500 10 3l3.500 3.500M6.500 13.500 10 17l3.500-3.500" />,
  essentials: <path d="M3.500 5.500h13M6 10h8M8.500 14.500h3" />,
  keyboard: (
    <>
      <path d="M3 5.500h14v9H3z" />
      <path d="M6 8.500h.01m2.650 0h.01m2.660 0h.01M14 8.500h.01M7 11.700h6" />
    </>
  ),
  offline: <path d="m3.5 3.5 13 13M5.5 8.700a7.6 7.6 0 0 1 1.9-1.200m2.9-.5c1.7 0 3.2.6 4.4 1.700M7.9 11.300a3.6 3.6 0 0 1 2.6-.9M10 14.600h.01" />,
  warning: <path d="M10 3.5 2.8 16.300h14.400L10 3.500ZM10 8.500v3.700m0 1.900v.01" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  );
}

/** Two halves of one disc: the one side filled, the other open. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path fill="currentColor" d="M14.5 3.200v22.600A11.4 11.4 0 0 1 14.5 3.200Z" />
      <path
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinejoin="round"
        d="M19 7.700a9.9 9.9 0 0 1 0 19.600Z"
      />
    </svg>
  );
}
