import { useEffect, useState } from "react";

/**
 * Something outside React that is opened while the component is shown and closed with it, such as a
 * connection. Null until it is open. `open` must be stable: a new one closes and opens anew.
 */
export function useResource<T extends object>(open: () => readonly [T, close: () => void]): T | null {
  const [value, setValue] = useState<T | null>(null);
  useEffect(() => {
    const [opened, close] = open();
    // eslint-disable-next-line react-hooks/set-state-in-effect -- only here does it come to exist
    setValue(opened);
    return () => {
      setValue(null);
      close();
    };
  }, [open]);
  return value;
}
