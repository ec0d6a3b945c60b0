import type { FileObservation } from '../observation.js'
import { createMapping, event } from './mapping.js'

/** A file that a user uploaded. */
export const fileUploadMapping = createMapping<FileObservation>({
  events: [
    event('file_upload', (o) => ({
      file_size: o.sizeBytes,
      content_type: o.contentType ?? null,
      file_count: o.fileCount ?? null,
    })),
  ],
})

/** A file that the application stored. */
export const fileStoredMapping = createMapping<FileObservation>({
  events: [
    event('file_stored', (o) => ({
      file_size: o.sizeBytes,
      content_type: o.contentType ?? null,
      category: o.category ?? 'other',
    })),
  ],
})
