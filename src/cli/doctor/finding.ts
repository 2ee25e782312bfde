/** What was looked at and found, with a name that stays. Texts are in an operator's words, and hold no value of a config. */
export type Finding =
  | { readonly id: string; readonly level: 'ok'; readonly seen: string }
  | {
      readonly id: string;
      readonly level: 'warning' | 'problem';
      /** A clause without a full stop, as the other texts. */
      readonly seen: string;
      /** Why it matters. */
      readonly why: string;
      /** How to end it: what to write, or what to run. */
      readonly close: string;
    };

export type Level = Finding['level'];

export function ok(id: string, seen: string): Finding {
  return { id, level: 'ok', seen };
}

export function warning(id: string, seen: string, why: string, close: string): Finding {
  return { id, level: 'warning', seen, why, close };
}

export function problem(id: string, seen: string, why: string, close: string): Finding {
  return { id, level: 'problem', seen, why, close };
}
