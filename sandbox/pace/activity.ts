/** What a desk is doing, as far as a server can see: requests that are being answered. */

/** Counts the requests of one server. */
export interface Activity {
  /** A request came; call what it returns when it is answered. */
  begin(): () => void;
  /** How many are not answered yet. */
  open(): number;
  /** How many ever came. */
  total(): number;
}

/** Nothing was asked yet. */
export function createActivity(): Activity {
  let answered = 0;
  let total = 0;
  return {
    begin: () => {
      total += 1;
      return () => {
        answered += 1;
      };
    },
    open: () => total - answered,
    total: () => total,
  };
}
