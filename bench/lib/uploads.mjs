import { samplesOf } from '../../test/accuracy/samples.ts'

/** All samples of one attachment (`wall.pprof`) over several uploads. */
export async function samplesOfUploads(uploads, file) {
  const samples = []
  for (const upload of uploads) {
    const { files } = await upload.read()
    if (files[file]) samples.push(...samplesOf(files[file].pprof))
  }
  return samples
}
