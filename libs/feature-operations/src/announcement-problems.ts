/** What is wrong with an announcement, by field; `rest` is what no field can be blamed for. */
export interface AnnouncementProblems {
  readonly title: string | null;
  readonly message: string | null;
  readonly level: string | null;
  readonly rest: string | null;
}

/** Nothing is wrong. */
export const NO_PROBLEMS: AnnouncementProblems = { title: null, message: null, level: null, rest: null };

/** The sentence of a refusal names fields, “message: A message is not empty. level: …”; here it is taken apart by them. */
export function announcementProblems(sentence: string): AnnouncementProblems {
  const [rest, ...named] = sentence.split(/(?:^| )(title|message|level): /);
  const of = (field: string) => named[named.indexOf(field) + 1] ?? null;
  const found = (field: string) => (named.includes(field) ? of(field) : null);
  return { title: found('title'), message: found('message'), level: found('level'), rest: rest || null };
}
