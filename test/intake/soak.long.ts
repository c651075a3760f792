import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figures } from '../figures'
import { soak } from './soak'

// L5. INTAKE_SOAK_MINUTES=30.
const minutes = Number(process.env.INTAKE_SOAK_MINUTES ?? 30)
const plantedBytes = 8_192
/** Half of what is planted is found. */
const maxMebibytesPer1000 = (plantedBytes * 1_000) / 1_048_576 / 2

test(`${minutes} minutes of uploads, questions, damaged bodies and two SIGKILLs: nothing acknowledged is lost, memory stays`, async (t) => {
  const { per1000, answers, ...soaked } = await soak(t, minutes)
  t.diagnostic(`${JSON.stringify(soaked)}; RSS ${JSON.stringify(per1000)} MiB in 1,000 uploads; ${answers}`)
  figures({
    soakUploads: soaked.uploads,
    soakSeconds: soaked.seconds,
    'soak MiB per 1,000': per1000.slope,
    'soak MiB': soaked.peakMebibytes,
    ...{ kills: 2, acknowledged: soaked.acknowledged },
  })
  assert.ok(per1000.lower <= maxMebibytesPer1000, `${JSON.stringify(per1000)} MiB in 1,000 uploads`)
})

test(`${plantedBytes} bytes planted in each request are found`, async (t) => {
  const { per1000 } = await soak(t, minutes / 3, plantedBytes)
  t.diagnostic(`RSS ${JSON.stringify(per1000)} MiB in 1,000 uploads`)
  assert.ok(per1000.lower > maxMebibytesPer1000, `${JSON.stringify(per1000)} MiB in 1,000 uploads`)
})
