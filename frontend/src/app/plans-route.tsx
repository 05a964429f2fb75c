import { useMemo, useState } from "react";
import Portfolio from "../features/portfolio/portfolio";
import { createApi } from "../sync/api";
import { openLink, useCopies } from "./copies";
import { allKeys } from "./keys";
import { ThemeMenu } from "./theme";

const TOKEN = "coplan.token";

const apiFor = (token: string) => createApi({ token });

/** The list of plans: this device's own, or with an access token every one on the server. */
export default function PlansRoute() {
  const own = useMemo(() => allKeys().map((key) => ({ id: key.plan, name: key.name, role: key.role, api: apiFor(key.token) })), []);
  const [token, setToken] = useState(() => stored());
  const keep = (next: string | null) => {
    try {
      if (next === null) sessionStorage.removeItem(TOKEN);
      else sessionStorage.setItem(TOKEN, next);
    } catch {
      // Without storage it holds until the page is left.
    }
    setToken(next);
  };
  const copies = useCopies();
  return (
    <>
      <Portfolio own={own} token={token} onToken={keep} apiFor={apiFor} onOpen={openLink} onCopy={copies.ask} theme={<ThemeMenu />} />
      {copies.dialog}
    </>
  );
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}
