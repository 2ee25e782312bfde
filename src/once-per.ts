/**
 * Makes something of each object once, as long as the object lives: where a set is compiled again, what says what it said is the
 * very object that it was. Neither may ever be changed.
 */
export function oncePer<Of extends object, Made extends {}>(make: (of: Of) => Made): (of: Of) => Made {
  const known = new WeakMap<Of, Made>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const made = make(of);
    known.set(of, made);
    return made;
  };
}
