import { fileStoredMapping, fileUploadMapping } from './mappings/file.js'
import type { Recording } from './recording.js'

export interface FileUpload {
  readonly sizeBytes: number
  /** Media type, whose parameters are removed. Default `application/octet-stream`, as upstream. */
  readonly contentType?: string | null | undefined
  readonly fileCount?: number | undefined
  readonly user?: string | null | undefined
}

export interface StoredFile extends FileUpload {
  /** Storage key: read for its category, never kept. */
  readonly key?: string | undefined
  readonly category?: 'uploads' | 'generated' | 'other' | undefined
}

/** Records the upload of a file by a user: `file_upload`. */
export function trackFileUpload(recording: Recording, file: FileUpload): void {
  recording.guard('file', () =>
    recording.observe(fileUploadMapping, { ...observed(file), category: undefined }, file.user),
  )
}

/** Records the storage of a file: `file_stored`. */
export function trackFileStored(recording: Recording, file: StoredFile): void {
  recording.guard('file', () =>
    recording.observe(
      fileStoredMapping,
      { ...observed(file), category: file.category ?? categoryOf(file.key) },
      file.user,
    ),
  )
}

function observed(file: FileUpload) {
  const contentType = file.contentType === undefined ? 'application/octet-stream' : (file.contentType ?? undefined)
  return { sizeBytes: file.sizeBytes, contentType, fileCount: file.fileCount }
}

/** `generated` is checked first, as upstream does. A key may begin with the folder or contain it. */
function categoryOf(key: string | undefined): 'uploads' | 'generated' | 'other' {
  const path = `/${key ?? ''}`
  if (path.includes('/generated/')) return 'generated'
  return path.includes('/uploads/') ? 'uploads' : 'other'
}
