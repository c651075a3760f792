import { IntakeStore } from '../../../src/intake/store/intake-store'
import { limitValues } from '../../../src/pprof/limits'
import { makeUpload, ticks } from '../profiles'

// Uploads as fast as it can into argv[2], from number argv[3] on; prints the number of each that was acknowledged.
async function main(): Promise<void> {
  const [, , dir = '', first = ''] = process.argv
  const store = await IntakeStore.open({
    dir,
    limits: limitValues({ diskFreeBytes: 0, walSegmentBytes: 200_000 }),
    log: (message) => console.error(message),
  })
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000
  for (let n = Number(first); ; n++) {
    const wall = [
      ticks(
        Array.from({ length: 50 }, (_, i) => `f${n % 7}${i}@/app/x.js`),
        1,
      ),
    ]
    await store.profiles(makeUpload({ startMs, wall, tags: { number: String(n) } }))
    console.log(String(n))
  }
}

main()
