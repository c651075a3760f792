/**
 * Says what a suite has done, in numbers: how many of what, by name. `test/run.mjs --keep` keeps them for `npm run report`, where
 * numbers of one file and name are added up.
 */
export function figures(numbers: Record<string, number>): void {
  console.log(`figures ${JSON.stringify(numbers)}`)
}
