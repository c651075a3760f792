import { FileBlobStore } from '../../../src/intake/store/file-blob-store'
import { tempDir } from '../helpers'
import { blobStoreSuite } from './blob-store-suite'

blobStoreSuite('files', async (t) => new FileBlobStore(tempDir(t)))
