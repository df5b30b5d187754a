/** Activity of a client as a server can see it: requests being answered. */

/** Counts the requests of one server. */
export interface Activity {
  /** A request arrived; call the returned function when it is answered. */
  begin(): () => void;
  /** Number of requests in progress. */
  open(): number;
  /** Number of requests so far. */
  total(): number;
}

/** Creates a counter at zero. */
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
