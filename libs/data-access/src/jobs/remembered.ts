/**
 * Makes something once per argument, and keeps the `most` lately asked for: so that two views that ask for the same selector
 * share its memory, and a page that asks for thousands keeps none of them for ever.
 */
export function remembered<Made>(make: (argument: string) => Made, most = 500): (argument: string) => Made {
  const kept = new Map<string, Made>();
  return (argument) => {
    const made = kept.get(argument) ?? make(argument);
    // What was asked for last moves to the end; what is first was not asked for the longest.
    kept.delete(argument);
    kept.set(argument, made);
    for (const [oldest] of kept) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return made;
  };
}
