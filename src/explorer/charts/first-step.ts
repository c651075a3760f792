/**
 * Where lines begin, so that data of some minutes are a line in a range of an hour and not a dot at its end: at the first step that any has
 * a value of. 0 where none has one.
 */
export function firstStep(lines: readonly (readonly (number | null)[])[]): number {
  const firsts = lines
    .map((values) => values.findIndex((value) => value !== null))
    .filter((first) => first >= 0)
  return firsts.length === 0 ? 0 : Math.min(...firsts)
}
