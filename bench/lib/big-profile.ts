import type { MadeSample } from '../../test/intake/profiles'

/** 60,000 samples of 7,003 stacks, 60 frames deep, that branch everywhere: some 125,000 nodes as a tree. `seed` changes what runs. */
export function bigProfile(seed: number): MadeSample[] {
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const stacks = Array.from({ length: 7_003 }, () => {
    const shared = 20 + next(40)
    return Array.from({ length: 60 }, (_, depth) =>
      depth < shared
        ? `shared${depth}_${next(depth < 20 ? 1 : 3)}@/app/src/s${depth % 7}.js`
        : `f${next(900)}@/app/node_modules/lib${depth % 9}/f.js`,
    ).reverse()
  })
  return Array.from({ length: 60_000 }, (_, i) => {
    const stack = stacks[i < stacks.length ? i : next(stacks.length)] as string[]
    return { stack, values: [1, 10_000_000, 10_000_000] }
  })
}
